#pragma once

#include "proxy/rollout/outcome.hpp"
#include "proxy/stats/tick.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace millrace::simulation {

using rollout::milliseconds;

/// Holds an epoch's counts back until their age has passed, as the gateway's evidence does: by tick
/// of assignment, ticks as coarse as an outcome's age allows, whole and in order. Lifetime: a
/// run's. Thread: one.
class arrivals {
 public:
    /// What an epoch is counted by.
    struct epoch {
        std::uint32_t number = 0;
        std::vector<std::uint32_t> masses;  ///< by arm
        std::vector<rollout::outcome> outcomes;
        milliseconds tick{250};  ///< length of the shortest tick
    };

    /// @param now  when the first tick of the epoch begins; what came before it stays as it was
    void begin(epoch next, milliseconds now);

    /// Counts what was assigned in the tick that ends at `now`.
    /// @param counts  by arm, then by outcome
    void add(const std::vector<std::vector<stats::arm_tick>>& counts, milliseconds now);

    /// What has reached its age by now, by outcome in the order of assignment.
    [[nodiscard]] std::vector<rollout::outcome_tick> take_due(milliseconds now);

 private:
    struct pending {
        milliseconds due{0};
        rollout::outcome_tick tick;
    };

    /// One outcome's ticks: those that wait, and the one that is being counted.
    struct queue {
        std::deque<pending> waiting;
        rollout::outcome_tick open;
        milliseconds length{0};
        milliseconds ends{0};
    };

    void close(std::size_t outcome, milliseconds now);

    epoch epoch_;
    std::vector<queue> queues_;  // by outcome
};

}  // namespace millrace::simulation
