#include "proxy/stats/slo_breach.hpp"

#include "proxy/base/assert.hpp"
#include "proxy/stats/bet.hpp"

#include <algorithm>
#include <array>

namespace millrace::stats {

namespace {

constexpr std::array ratios{1.1, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0};
static_assert(ratios.size() == slo_breach::accounts);

}  // namespace

slo_breach::slo_breach(const params& chosen) : prior_{} {
    MILLRACE_ASSERT(chosen.tolerated > 0.0 && chosen.tolerated <= 0.9);
    for (std::size_t i = 0; i < accounts; ++i) {
        double const rate = ratios[i] * chosen.tolerated;
        if (rate < 1.0) {
            bets_[i] = rate_bet(rate, chosen.tolerated);
            prior_[i] = 1.0;
        }
    }
    prior_ = normalized(prior_);
}

slo_breach::state slo_breach::start() const noexcept {
    return invest(prior_);
}

slo_breach::state slo_breach::observe(const state& before, const arm_tick& seen) const noexcept {
    return after(before, bets_, {.count_b = seen.count, .bad_b = seen.bad});
}

double slo_breach::growth_at(double rate) const noexcept {
    return best_growth(bets_, prior_, {.pi = 1.0, .b = rate});
}

slo_rollback::slo_rollback(const params& chosen) : breach_(chosen), worse_({}) {}

slo_rollback::state slo_rollback::start() const noexcept {
    return {.breach = breach_.start(), .worse = worse_.start()};
}

slo_rollback::state slo_rollback::observe(const state& before, const tick& seen) const noexcept {
    state next{.breach = before.breach, .worse = worse_.observe(before.worse, seen)};
    if (may_enter(seen.pi)) {
        next.breach = breach_.observe(before.breach, {.count = seen.count_b, .bad = seen.bad_b});
    }
    return next;
}

slo_rollback::state slo_rollback::with_new_threshold(const state& before) noexcept {
    return {.breach = before.breach, .worse = rae_rollback::with_new_threshold(before.worse)};
}

double slo_rollback::growth_in(const rates& world) const noexcept {
    return std::min(world.pi * breach_.growth_at(world.b), worse_.growth_in(world));
}

std::optional<double> log_e(const slo_breach::state& now) noexcept {
    return finite_log_e(log_total(now));
}

std::optional<double> log_e(const slo_rollback::state& now) noexcept {
    auto const breach = log_e(now.breach);
    auto const worse = log_e(now.worse);
    return breach && worse ? std::optional{std::min(*breach, *worse)} : std::nullopt;
}

}  // namespace millrace::stats
