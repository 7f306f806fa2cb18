#include "proxy/stats/slo_kept.hpp"

#include "proxy/base/assert.hpp"
#include "proxy/stats/bet.hpp"

#include <array>

namespace millrace::stats {

namespace {

constexpr std::array<double, slo_kept::accounts> parts{.001, .05, .1, .25, .5, .75, .9};

}  // namespace

slo_kept::slo_kept(const params& chosen) : prior_{} {
    MILLRACE_ASSERT(chosen.tolerated > 0.0 && chosen.tolerated < 1.0);
    for (std::size_t i = 0; i < accounts; ++i) {
        bets_[i] = rate_bet(chosen.tolerated * parts[i], chosen.tolerated);
    }
    prior_.fill(1.0 / static_cast<double>(accounts));
}

slo_kept::state slo_kept::start() const noexcept {
    return {.held = invest(prior_)};
}

slo_kept::state slo_kept::observe(const state& before, const tick& seen) const noexcept {
    return observed(before, seen, [this](double, double) { return bets_; });
}

double slo_kept::growth_in(const rates& world) const noexcept {
    return best_growth(bets_, prior_, world);
}

}  // namespace millrace::stats
