#include "proxy/stats/contrast_bet.hpp"

#include "proxy/base/assert.hpp"
#include "proxy/stats/capital.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace millrace::stats {

namespace {

std::uint64_t count_of(std::span<const scored_outcome> outcomes) noexcept {
    std::uint64_t count = 0;
    for (auto const& each : outcomes) {
        count += each.count;
    }
    return count;
}

// The least that s (D - delta0) can be; always below zero, as |delta0| < 1.
double least_payoff(const contrast_stake& at) noexcept {
    double const above = std::max((1.0 - at.centre) / at.pi, at.centre / (1.0 - at.pi));
    double const below = std::max(at.centre / at.pi, (1.0 - at.centre) / (1.0 - at.pi));
    return at.sign > 0.0 ? -below - at.delta0 : at.delta0 - above;
}

// The variance of D for arms with these means and variances, D centred at m.
double contrast_variance(const contrast_world& world, double centre) noexcept {
    double const off_b = world.mean_b - centre;
    double const off_a = world.mean_a - centre;
    double const difference = world.mean_b - world.mean_a;
    return (world.variance_b + off_b * off_b) / world.pi +
           (world.variance_a + off_a * off_a) / (1.0 - world.pi) - difference * difference;
}

double gain_in(const contrast_world& world, const contrast_bet::params& test) noexcept {
    return test.sign * (world.mean_b - world.mean_a - test.delta0);
}

contrast_stake stake_in(
    const contrast_world& world, double centre, const contrast_bet::params& test
) noexcept {
    contrast_stake made{.sign = test.sign, .delta0 = test.delta0, .centre = centre, .pi = world.pi};
    made.lay(gain_in(world, test), contrast_variance(world, centre));
    return made;
}

}  // namespace

double contrast_moments::centre() const noexcept {
    return (0.5 + a.sum + b.sum) / (1.0 + static_cast<double>(a.count + b.count));
}

void contrast_moments::add(const scored_tick& seen) noexcept {
    for (auto const& each : seen.outcomes) {
        (each.candidate ? b : a).add(each.score, each.count);
    }
}

double contrast_stake::contrast(bool candidate, double score) const noexcept {
    return (score - centre) / (candidate ? pi : pi - 1.0);
}

void contrast_stake::lay(double gain, double variance) noexcept {
    stake = std::clamp(gain / (variance + gain * gain), 0.0, -0.5 / least_payoff(*this));
}

contrast_bet::contrast_bet(const params& chosen) : params_(chosen) {
    MILLRACE_ASSERT(chosen.sign == 1.0 || chosen.sign == -1.0);
    MILLRACE_ASSERT(chosen.delta0 > -1.0 && chosen.delta0 < 1.0);
}

contrast_bet contrast_bet::promote(double margin) {
    MILLRACE_ASSERT(margin > 0.0);
    return contrast_bet{{.sign = 1.0, .delta0 = -margin}};
}

contrast_bet contrast_bet::success() {
    return contrast_bet{{.sign = 1.0, .delta0 = 0.0}};
}

contrast_bet contrast_bet::rollback() {
    return contrast_bet{{.sign = -1.0, .delta0 = 0.0}};
}

contrast_bet::state contrast_bet::observe(state before, const scored_tick& seen) const noexcept {
    if (!may_enter(seen.pi)) {
        before.excluded += count_of(seen.outcomes);
        return before;
    }
    auto const laid = stake_at(before.past, seen.pi);
    for (auto const& each : seen.outcomes) {
        bool const valid = each.score >= 0.0 && each.score <= 1.0;
        before.log_k += valid ? static_cast<double>(each.count) *
                                    std::log(laid.factor(laid.contrast(each.candidate, each.score)))
                              : std::numeric_limits<double>::quiet_NaN();
    }
    before.past.add(seen);
    return before;
}

contrast_stake contrast_bet::stake_at(const contrast_moments& past, double pi) const noexcept {
    contrast_world const known{
        .pi = pi,
        .mean_a = past.a.mean(),
        .mean_b = past.b.mean(),
        .variance_a = past.a.variance(),
        .variance_b = past.b.variance(),
    };
    return stake_in(known, past.centre(), params_);
}

std::optional<double> log_e(const contrast_bet::state& now) noexcept {
    return finite_log_e(now.log_k);
}

double growth_in(const contrast_world& world, const contrast_bet::params& test) noexcept {
    double const centre = world.pi * world.mean_b + (1.0 - world.pi) * world.mean_a;
    double const stake = stake_in(world, centre, test).stake;
    double const gain = gain_in(world, test);
    double const second = contrast_variance(world, centre) + gain * gain;
    return stake * gain - stake * stake * second / 2.0;
}

}  // namespace millrace::stats
