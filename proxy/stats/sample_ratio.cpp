#include "proxy/stats/sample_ratio.hpp"

#include "proxy/base/assert.hpp"
#include "proxy/stats/bet.hpp"
#include "proxy/stats/special.hpp"

#include <array>
#include <cmath>

namespace millrace::stats {

namespace {

constexpr std::array odds{1.03, 1.08, 1.2, 1.5, 3.0, 20.0};
static_assert(2 * odds.size() == sample_ratio::accounts);

constexpr shares<sample_ratio::accounts> prior = [] {
    shares<sample_ratio::accounts> made{};
    made.fill(1.0 / sample_ratio::accounts);
    return made;
}();

bets<sample_ratio::accounts> bets_at(double pi) noexcept {
    bets<sample_ratio::accounts> made;
    for (std::size_t i = 0; i < odds.size(); ++i) {
        made[2 * i] = coin_bet(pi, odds[i]);
        made[2 * i + 1] = coin_bet(pi, 1.0 / odds[i]);
    }
    return made;
}

}  // namespace

sample_ratio::state sample_ratio::start() noexcept {
    return {.held = invest(prior)};
}

sample_ratio::state sample_ratio::observe(const state& before, const tick& seen) noexcept {
    return observed(before, seen, [](double pi, double) { return bets_at(pi); });
}

double sample_ratio::growth_at(double pi, double actual) noexcept {
    return best_growth(bets_at(pi), prior, {.pi = actual});
}

double sample_ratio_log_e(const sample_ratio_counts& seen) {
    MILLRACE_ASSERT(seen.candidate >= 0.0 && seen.candidate <= seen.total);
    MILLRACE_ASSERT(seen.pi > 0.0 && seen.pi < 1.0);
    MILLRACE_ASSERT(seen.concentration > 0.0);
    double const of_b = seen.concentration * seen.pi;
    double const of_a = seen.concentration * (1.0 - seen.pi);
    double const primary = seen.total - seen.candidate;
    return log_beta(of_b + seen.candidate, of_a + primary) - log_beta(of_b, of_a) -
           seen.candidate * std::log(seen.pi) - primary * std::log1p(-seen.pi);
}

}  // namespace millrace::stats
