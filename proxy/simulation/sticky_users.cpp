#include "proxy/simulation/sticky_users.hpp"

#include "proxy/base/assert.hpp"

#include <algorithm>

namespace millrace::simulation {

namespace {

constexpr std::uint32_t points = 65'536;

}  // namespace

sticky_users::sticky_users(const user_params& like, double rate, draws& chance) : mean_rate_{rate} {
    users_.resize(like.count);
    for (auto& each : users_) {
        each.point = static_cast<std::uint32_t>(chance.below(points));
        each.rate = like.icc > 0 && rate > 0 ? chance.beta(rate, 1 / like.icc - 1) : rate;
    }
}

void sticky_users::begin_epoch(std::uint32_t number, std::uint32_t candidate_mass) {
    MILLRACE_ASSERT(candidate_mass <= points);
    for (auto const who : open_) {
        users_[who].is_open = false;
    }
    open_.clear();
    epoch_ = number;
    candidate_mass_ = candidate_mass;
}

/// The first contact of an epoch is a coin toss, if one is left.
void sticky_users::meet(std::size_t who, std::uint64_t tick) {
    auto& of = users_[who];
    if (of.epoch == epoch_) {
        return;
    }
    of.epoch = epoch_;
    auto const cut = std::clamp(candidate_mass_, of.begin, of.end);
    of.masses = {of.end - cut, cut - of.begin};
    of.is_open = of.masses[0] > 0 && of.masses[1] > 0;
    (of.point < candidate_mass_ ? of.end : of.begin) = cut;
    if (of.is_open) {
        of.opened = tick;
        of.window = {};
        open_.push_back(who);
    }
}

std::array<std::uint64_t, 2> sticky_users::serve(
    draws& chance, std::uint64_t requests, std::uint64_t tick, const std::array<double, 2>& rates
) {
    std::array<std::uint64_t, 2> assigned{};
    for (std::uint64_t i = 0; i < requests; ++i) {
        auto const who = chance.below(users_.size());
        meet(who, tick);
        auto& of = users_[who];
        std::size_t const arm = of.point < candidate_mass_ ? 1 : 0;
        ++assigned[arm];
        auto const rate = mean_rate_ > 0 ? of.rate * rates[arm] / mean_rate_ : rates[arm];
        bool const failed = chance.uniform() < rate;
        if (of.is_open) {
            of.window.add(failed, chance.bits());
        }
    }
    return assigned;
}

std::vector<rollout::unit_outcome> sticky_users::take_opened_before(
    std::uint64_t tick, stats::unit_outcome judged_by
) {
    std::vector<rollout::unit_outcome> taken;
    while (!open_.empty() && users_[open_.front()].opened < tick) {
        auto& of = users_[open_.front()];
        open_.pop_front();
        of.is_open = false;
        taken.push_back(
            {.arm = static_cast<std::uint16_t>(of.point < candidate_mass_ ? 1 : 0),
             .value = of.window.badness(judged_by),
             .masses = {of.masses[0], of.masses[1]}}
        );
    }
    return taken;
}

}  // namespace millrace::simulation
