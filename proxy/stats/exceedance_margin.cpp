#include "proxy/stats/exceedance_margin.hpp"

#include "proxy/stats/bet.hpp"

#include <algorithm>
#include <array>

namespace millrace::stats {

namespace {

constexpr std::array ratios{0.25, 0.4, 0.55, 0.7, 0.8, 0.87, 0.93};
static_assert(ratios.size() == exceedance_margin::accounts);

constexpr shares<exceedance_margin::accounts> prior = [] {
    shares<exceedance_margin::accounts> made{};
    made.fill(1.0 / exceedance_margin::accounts);
    return made;
}();

bets<exceedance_margin::accounts> bets_at(double pi, double rate) noexcept {
    bets<exceedance_margin::accounts> made;
    for (std::size_t i = 0; i < ratios.size(); ++i) {
        made[i] = full_bet(pi, ratios[i], rate);
    }
    return made;
}

}  // namespace

exceedance_margin::state exceedance_margin::start() noexcept {
    return {.held = invest(prior)};
}

exceedance_margin::state exceedance_margin::observe(
    const state& before, const tick& seen
) noexcept {
    return observed(before, seen, bets_at);
}

exceedance_margin::state exceedance_margin::with_new_threshold(state before) noexcept {
    before.past = {};
    return before;
}

double exceedance_margin::growth_in(const rates& world) noexcept {
    double const rate = std::clamp(world.pooled(), past_rate::min, past_rate::max);
    return best_growth(bets_at(world.pi, rate), prior, world);
}

}  // namespace millrace::stats
