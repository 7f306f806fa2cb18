#pragma once

#include "proxy/control/label_port.hpp"
#include "proxy/feedback/label.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::feedback {

/// A label's value with the exchange that it is about, for the order of assignment.
struct counted_score {
    std::uint32_t assigned = 0;  ///< Unix seconds
    std::uint16_t worker = 0;
    std::uint64_t sequence = 0;
    std::uint16_t arm = 0;
    double score = 0;
};

/// What came for one tick of assignment so far.
struct label_tick {
    std::vector<stats::arm_tick> counts;  ///< by arm, of labels
    std::vector<counted_score> scores;
    std::uint64_t scores_below = UINT64_MAX;  ///< exchanges with a larger hash are left out
};

/// One stream in one epoch. A tick's number is its Unix time divided by the length of a tick.
struct label_stream_state {
    std::int64_t next = 0;  ///< the first tick that is not read yet
    std::map<std::int64_t, label_tick> open;
};

struct label_epoch_state {
    control::label_epoch facts;
    std::vector<std::uint32_t> version_ids;  ///< name ids, by arm
    std::optional<std::int64_t> ended;       ///< Unix seconds; the last that it was in force
    std::vector<label_stream_state> streams;
};

/// Counts labels by the tick of assignment, within weight epochs, until the deciding thread takes
/// each tick whole at its age: what comes later is late for good, in all arms alike.
/// Lifetime: the gateway's. Thread: any; a mutex that is held for moments.
class label_ledger final : public control::label_port {
 public:
    /// Seconds since 1970 by the wall clock, which ids carry too.
    using wall_clock = std::function<std::int64_t()>;

    /// What counting a label would do.
    enum class fit : std::uint8_t {
        counts,    ///< it is evidence
        unjudged,  ///< no rollout asks for it
        late,      ///< its tick has entered, or will in a moment
        unknown    ///< of an epoch that the rollout of the route does not know
    };

    /// Scores that are kept of one tick; of more, a part that does not depend on what they say.
    static constexpr std::size_t scores_max = 16'384;

    explicit label_ledger(wall_clock now);

    // What the deciding thread does.
    void begin(std::string_view route, control::label_epoch epoch) override;
    void finish_before(std::string_view route) override;
    void finish_all(std::string_view route) override;
    [[nodiscard]] control::label_evidence read(std::string_view route) override;
    [[nodiscard]] std::string progress(std::string_view route) override;
    void end(std::string_view route, journal::rollout_id rollout) override;

    /// Goes on from what progress() gave an earlier process; before its labels are counted again.
    /// False: it cannot be read.
    [[nodiscard]] bool restore(std::string_view route, std::string_view progress);

    [[nodiscard]] fit look(const label& at) const;

    /// Counts it. False: it was late by now, or nobody asks for it.
    bool count(const label& seen);

    /// Scores that were left out because a tick had too many.
    [[nodiscard]] std::uint64_t scores_dropped() const;

 private:
    using epochs = std::vector<label_epoch_state>;

    wall_clock now_;
    mutable std::mutex mutex_;
    std::map<std::uint32_t, epochs> routes_;  // by name id
    std::uint64_t scores_dropped_ = 0;
};

/// The length of a tick for labels of this age: a 32nd of it, in whole seconds, at least one.
[[nodiscard]] std::int64_t label_tick_seconds(rollout::milliseconds age) noexcept;

}  // namespace millrace::feedback
