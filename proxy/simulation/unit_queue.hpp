#pragma once

#include "proxy/rollout/outcome.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <vector>

namespace millrace::simulation {

using rollout::milliseconds;

/// Holds units back until the age of their outcome has passed. Lifetime: a run's. Thread: one.
class unit_queue {
 public:
    /// @param due  never less than before for the same outcome
    void add(rollout::unit_tick units, milliseconds due);

    /// What has reached its age by now, in the order in which it was added.
    [[nodiscard]] std::vector<rollout::unit_tick> take_due(milliseconds now);

 private:
    struct pending {
        milliseconds due{0};
        rollout::unit_tick units;
    };

    std::vector<std::deque<pending>> waiting_;  // by outcome
};

}  // namespace millrace::simulation
