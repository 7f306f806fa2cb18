#include "proxy/stats/bernoulli_interval.hpp"

#include "proxy/base/assert.hpp"
#include "proxy/stats/mixture.hpp"
#include "proxy/stats/root.hpp"

#include <cmath>

namespace millrace::stats {

interval bernoulli_confidence_interval(
    double successes, double trials, const bernoulli_interval_params& params
) {
    MILLRACE_ASSERT(trials > 0.0);
    MILLRACE_ASSERT(successes >= 0.0 && successes <= trials);
    MILLRACE_ASSERT(params.alpha > 0.0 && params.alpha < 1.0);
    double const observed = successes / trials;
    double const limit = -std::log(params.alpha);
    // Above 0: the mixture rules the mean out. A mean of 0 or 1 is ruled out by anything else.
    auto const excess = [&](double mean) {
        if (mean <= 0.0 || mean >= 1.0) {
            return mean == observed ? -1.0 : 1.0;
        }
        double const variance = mean * (1.0 - mean);
        beta_binomial_mixture const mixture{
            {.v_opt = variance * params.t_opt, .alpha_opt = params.alpha_opt},
            {.g = mean, .h = 1.0 - mean},
            sides::two};
        return mixture.log_value((observed - mean) * trials, variance * trials) - limit;
    };
    return {
        .lower = observed > 0.0 ? bisected_root(excess, {.low = 0.0, .high = observed}) : 0.0,
        .upper = observed < 1.0 ? bisected_root(excess, {.low = observed, .high = 1.0}) : 1.0,
    };
}

}  // namespace millrace::stats
