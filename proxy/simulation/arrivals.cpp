#include "proxy/simulation/arrivals.hpp"

#include <algorithm>
#include <utility>

namespace millrace::simulation {

namespace {

// Ticks of an age that are open at once, at most.
constexpr int open_ticks = 32;

/// The multiple of the shortest tick that is nearest below a 32nd of the age.
milliseconds length_for(milliseconds age, milliseconds shortest) {
    auto const times = age / open_ticks / shortest;
    return shortest * std::max<milliseconds::rep>(times, 1);
}

bool is_empty(const rollout::outcome_tick& tick) {
    return rollout::total(tick).count == 0;
}

}  // namespace

void arrivals::begin(epoch next, milliseconds now) {
    for (std::size_t i = 0; i < queues_.size(); ++i) {
        close(i, now);
    }
    epoch_ = std::move(next);
    queues_.resize(epoch_.outcomes.size());
    for (std::size_t i = 0; i < queues_.size(); ++i) {
        auto& each = queues_[i];
        each.length = length_for(epoch_.outcomes[i].age, epoch_.tick);
        each.ends = now + each.length;
        each.open = {
            .outcome = static_cast<std::uint16_t>(i),
            .epoch = epoch_.number,
            .tick = 0,
            .masses = epoch_.masses,
            .counts = std::vector<stats::arm_tick>(epoch_.masses.size())};
    }
}

void arrivals::add(const std::vector<std::vector<stats::arm_tick>>& counts, milliseconds now) {
    for (std::size_t i = 0; i < queues_.size(); ++i) {
        auto& open = queues_[i].open;
        for (std::size_t arm = 0; arm < open.counts.size(); ++arm) {
            open.counts[arm].count += counts[arm][i].count;
            open.counts[arm].bad += counts[arm][i].bad;
        }
        if (now >= queues_[i].ends) {
            close(i, now);
        }
    }
}

void arrivals::close(std::size_t outcome, milliseconds now) {
    auto& of = queues_[outcome];
    if (!is_empty(of.open)) {
        of.waiting.push_back({now + epoch_.outcomes[outcome].age, of.open});
        of.open.counts.assign(of.open.counts.size(), {});
    }
    ++of.open.tick;
    of.ends = now + of.length;
}

std::vector<rollout::outcome_tick> arrivals::take_due(milliseconds now) {
    std::vector<rollout::outcome_tick> due;
    for (auto& each : queues_) {
        while (!each.waiting.empty() && each.waiting.front().due <= now) {
            due.push_back(std::move(each.waiting.front().tick));
            each.waiting.pop_front();
        }
    }
    return due;
}

}  // namespace millrace::simulation
