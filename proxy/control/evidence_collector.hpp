#pragma once

#include "proxy/metrics/evidence.hpp"
#include "proxy/rollout/outcome.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

namespace millrace::control {

/// A worker notes an exchange's end a little after it ended.
inline constexpr std::chrono::milliseconds note_time{20};

/// One weight epoch of a route with a rollout, as its evidence is read.
struct evidence_epoch {
    std::uint32_t epoch = 0;
    std::vector<rollout::outcome> outcomes;  ///< by rule, with the thresholds of the epoch
    std::vector<std::size_t> versions;       ///< by arm: place in the route's backend_refs
    std::vector<std::uint32_t> masses;       ///< by arm, in units of 2^-16
    std::shared_ptr<metrics::route_evidence> counts;
};

/// What the workers of an epoch have to count, from what the rollout wants to know.
/// @param refs      how many versions the route has
/// @param shortest  the least length of a tick: the driver's pace
[[nodiscard]] metrics::evidence_params evidence_params_for(
    const evidence_epoch& epoch, std::size_t refs, time_point origin, duration shortest
);

/// Reads a route's evidence tick by tick, each as soon as its age has passed, whole and in the
/// order of assignment, epoch after epoch. Lifetime: the rollout's. Thread: control.
///
///   collector.begin(epoch);  for (auto& tick : collector.read(clock::now())) ...
class evidence_collector {
 public:
    /// From now on this epoch is in force, or will be in a moment: the one before ends for good
    /// with finish_before().
    void begin(evidence_epoch epoch);

    /// No worker assigns by the epochs before the newest any more.
    void finish_before(time_point when);

    /// Nor by the newest: somebody else's weights are in force.
    void finish_all(time_point when);

    /// Every tick whose age has passed since the last call; ticks in which nothing was assigned are
    /// left out.
    [[nodiscard]] std::vector<rollout::outcome_tick> read(time_point now);

    /// When the newest of all ticks that were read had its age: the evidence was complete then, and
    /// could be acted on. Nothing before the first one.
    [[nodiscard]] std::optional<time_point> newest_due() const noexcept { return newest_due_; }

    /// Ticks that were gone before they could be read: their evidence is missing in all arms.
    [[nodiscard]] std::uint64_t ticks_lost() const noexcept { return ticks_lost_; }

 private:
    struct reader {
        evidence_epoch epoch;
        std::vector<std::uint64_t> next;  ///< tick to be read, by outcome
        std::optional<time_point> ended;

        [[nodiscard]] bool is_done(std::size_t outcome) const;
        [[nodiscard]] bool is_done() const;
    };

    void read_outcome(
        reader& from, std::size_t outcome, time_point now, std::vector<rollout::outcome_tick>& out
    );
    [[nodiscard]] std::optional<rollout::outcome_tick> tick_of(
        const reader& from, std::size_t outcome, std::uint64_t tick
    );

    std::deque<reader> epochs_;
    std::uint64_t ticks_lost_ = 0;
    std::optional<time_point> newest_due_;
};

}  // namespace millrace::control
