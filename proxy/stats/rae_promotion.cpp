#include "proxy/stats/rae_promotion.hpp"

#include "proxy/base/assert.hpp"
#include "proxy/stats/bet.hpp"

#include <array>

namespace millrace::stats {

namespace {

constexpr std::array ratios{0.25, 0.5, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2};
constexpr std::array ratio_weights{0.03, 0.07, 0.1, 0.15, 0.15, 0.3, 0.1, 0.1};
static_assert(ratios.size() == rae_promotion::margin_accounts);
static_assert(ratio_weights.size() == ratios.size());

constexpr std::array floor_parts{0.001, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9};
static_assert(floor_parts.size() == rae_promotion::floor_accounts);

constexpr double floor_share = 0.1;

shares<rae_promotion::accounts> prior_for(double max_ratio) noexcept {
    shares<rae_promotion::margin_accounts> margin = ratio_weights;
    for (std::size_t i = 0; i < margin.size(); ++i) {
        if (ratios[i] >= max_ratio) {
            margin[i] = 0.0;  // it would be a bet for the null hypothesis
        }
    }
    margin = normalized(margin);
    shares<rae_promotion::accounts> prior;
    prior.fill(floor_share / rae_promotion::floor_accounts);
    for (std::size_t i = 0; i < margin.size(); ++i) {
        prior[i] = (1.0 - floor_share) * margin[i];
    }
    return prior;
}

}  // namespace

rae_promotion::rae_promotion(const params& chosen)
    : params_(chosen), prior_(prior_for(chosen.max_ratio)) {
    MILLRACE_ASSERT(chosen.max_ratio > ratios.front());
    MILLRACE_ASSERT(chosen.floor > 0.0 && chosen.floor < 1.0);
}

rae_promotion::state rae_promotion::start() const noexcept {
    return {.held = invest(prior_)};
}

rae_promotion::state rae_promotion::observe(const state& before, const tick& seen) const noexcept {
    return observed(before, seen, [this](double pi, double) { return bets_at(pi); });
}

double rae_promotion::growth_in(const rates& world) const noexcept {
    return best_growth(bets_at(world.pi), prior_, world);
}

bets<rae_promotion::accounts> rae_promotion::bets_at(double pi) const noexcept {
    bets<accounts> made;
    for (std::size_t i = 0; i < margin_accounts; ++i) {
        made[i] = event_bet(pi, ratios[i], params_.max_ratio);
    }
    for (std::size_t i = 0; i < floor_accounts; ++i) {
        made[margin_accounts + i] = rate_bet(params_.floor * floor_parts[i], params_.floor);
    }
    return made;
}

}  // namespace millrace::stats
