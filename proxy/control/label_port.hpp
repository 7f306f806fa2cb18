#pragma once

#include "proxy/journal/records.hpp"
#include "proxy/rollout/outcome.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::control {

/// One outcome of a rollout that labels feed.
struct label_stream {
    enum class feed : std::uint8_t {
        labels,  ///< right or wrong: enters as counts, wrong is bad
        scores   ///< numbers: enter one by one, as how good they are
    };

    std::uint16_t outcome = 0;  ///< place in the plan's outcomes
    feed takes = feed::labels;
    rollout::milliseconds age{600'000};  ///< of an answer when its labels enter
    // Of scores: clipped to [min, max] and scaled to [0, 1], 1 the best.
    double min = 0;
    double max = 1;
    bool larger_is_better = true;

    friend bool operator==(const label_stream&, const label_stream&) = default;
};

/// One weight epoch of a rollout that counts labels.
struct label_epoch {
    journal::rollout_id rollout;
    std::uint32_t epoch = 0;
    std::vector<std::string> versions;  ///< by arm: names of the backends
    std::vector<std::uint32_t> masses;  ///< by arm, in units of 2^-16
    std::vector<label_stream> streams;  ///< the same in all epochs of a rollout
};

/// What labels say, of ticks of assignment whose age has passed: whole, in the order of assignment,
/// epoch after epoch.
struct label_evidence {
    std::vector<rollout::outcome_tick> ticks;
    std::vector<rollout::unit_tick> units;
};

/// Where a rollout's labels come from; feedback implements it. Thread: the driver's; nothing here
/// waits for a disk or a network.
class label_port {
 public:
    label_port() = default;
    label_port(const label_port&) = delete;
    label_port& operator=(const label_port&) = delete;
    virtual ~label_port() = default;

    /// From now on the epoch is in force, or will be in a moment. Of another rollout than before:
    /// what was counted for that one is forgotten. An epoch that is known goes on.
    virtual void begin(std::string_view route, label_epoch epoch) = 0;

    /// No worker assigns by the epochs before the newest any more.
    virtual void finish_before(std::string_view route) = 0;

    /// Nor by the newest: somebody else's weights are in force.
    virtual void finish_all(std::string_view route) = 0;

    /// Everything whose age has passed since the last call.
    [[nodiscard]] virtual label_evidence read(std::string_view route) = 0;

    /// How far the labels have been read, as bytes to be recorded with the evidence; what came
    /// since is fed again when a later process goes on from there. Empty: nothing to record.
    [[nodiscard]] virtual std::string progress(std::string_view route) = 0;

    /// The rollout has ended: its labels are evidence no more.
    virtual void end(std::string_view route, journal::rollout_id rollout) = 0;
};

}  // namespace millrace::control
