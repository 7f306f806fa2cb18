#include "proxy/simulation/unit_queue.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace millrace::simulation {

void unit_queue::add(rollout::unit_tick units, milliseconds due) {
    if (units.units.empty()) {
        return;
    }
    waiting_.resize(std::max<std::size_t>(waiting_.size(), units.outcome + 1U));
    waiting_[units.outcome].push_back({due, std::move(units)});
}

std::vector<rollout::unit_tick> unit_queue::take_due(milliseconds now) {
    std::vector<rollout::unit_tick> due;
    for (auto& each : waiting_) {
        while (!each.empty() && each.front().due <= now) {
            due.push_back(std::move(each.front().units));
            each.pop_front();
        }
    }
    return due;
}

}  // namespace millrace::simulation
