#include "proxy/stats/rae_rollback.hpp"

#include "proxy/base/assert.hpp"
#include "proxy/stats/bet.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace millrace::stats {

namespace {

constexpr std::array ratios{1.0, 1.1, 1.2, 1.35, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0, 6.0, 10.0, 20.0};
static_assert(ratios.size() == rae_rollback::accounts);

constexpr double neutral_share = 0.08;

constexpr shares<rae_rollback::accounts> prior = [] {
    shares<rae_rollback::accounts> made{};
    made.fill((1.0 - neutral_share) / (rae_rollback::accounts - 1));
    made[0] = neutral_share;
    return made;
}();

}  // namespace

rae_rollback::rae_rollback(const params& chosen) : params_(chosen) {
    MILLRACE_ASSERT(chosen.rollback_ratio > 0.0);
    MILLRACE_ASSERT(chosen.share >= 0.0 && chosen.share < 1.0);
}

rae_rollback::state rae_rollback::start() const noexcept {
    return {.held = invest(prior)};
}

rae_rollback::state rae_rollback::observe(const state& before, const tick& seen) const noexcept {
    auto next =
        observed(before, seen, [this](double pi, double rate) { return bets_at(pi, rate); });
    auto const entered_bad = next.past.bad - before.past.bad;
    if (entered_bad > 0 && params_.share > 0.0) {
        double const kept = static_cast<double>(entered_bad) * std::log1p(-params_.share);
        next.held = redistributed(next.held, prior, -std::expm1(kept));
    }
    return next;
}

rae_rollback::state rae_rollback::with_new_threshold(state before) noexcept {
    before.past = {};
    return before;
}

double rae_rollback::growth_in(const rates& world) const noexcept {
    double const rate = std::clamp(world.pooled(), past_rate::min, past_rate::max);
    return best_growth(bets_at(world.pi, rate), prior, world);
}

bets<rae_rollback::accounts> rae_rollback::bets_at(double pi, double rate) const noexcept {
    double const null_ratio = params_.rollback_ratio;
    bets<accounts> made;
    for (std::size_t i = 1; i < accounts; ++i) {
        made[i] = null_ratio == 1.0 ? full_bet(pi, ratios[i], rate)
                                    : event_bet(pi, ratios[i] * null_ratio, null_ratio);
    }
    return made;
}

}  // namespace millrace::stats
