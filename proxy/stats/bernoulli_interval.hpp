#pragma once

#include "proxy/stats/interval.hpp"

namespace millrace::stats {

struct bernoulli_interval_params {
    double alpha = 0.05;      ///< error probability over all times, in (0, 1)
    double t_opt = 1.0;       ///< number of trials at which it is to be tightest, > 0
    double alpha_opt = 0.05;  ///< and the alpha for which, in (0, 1)
};

/// A confidence sequence for the mean of outcomes in [0, 1], at any time: the means that a
/// two-sided beta-binomial mixture does not rule out.
///
/// @param successes  sum of the outcomes, in [0, trials]
/// @param trials     > 0
/// @return           0 <= lower <= successes / trials <= upper <= 1
/// Cost: about 100 evaluations of the mixture. Source: Howard et al. 2021, arXiv:1810.08240.
[[nodiscard]] interval bernoulli_confidence_interval(
    double successes, double trials, const bernoulli_interval_params& params
);

}  // namespace millrace::stats
