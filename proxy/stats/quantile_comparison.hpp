#pragma once

#include <span>

namespace millrace::stats {

struct quantile_comparison_params {
    double quantile_p = 0.5;  ///< which quantile, in (0, 1)
    double t_opt = 100.0;     ///< observations per arm at which the test is to be sharpest, > 0
    double alpha_opt = 0.05;  ///< and the alpha for which, in (0, 1)
};

/// The p-value, valid at any time, of "both arms have the same p-quantile", two-sided:
///
///   p = min(1, exp(-min over x of [ln M_A(F_A(x)) + ln M_B(F_B(x))]))
///
/// where M is the two-sided beta-binomial mixture of an arm's count up to x, and F(x) may be
/// anything between the shares below x and up to x. Assumes independent, identically distributed
/// arms.
///
/// @param sorted_a, sorted_b  ascending, finite, at least one value each; ties are allowed
/// @return                    in [0, 1]
/// Cost: O(values between the two quantiles) evaluations of the mixture.
/// Source: Howard & Ramdas, Bernoulli 28, 2022, arXiv:1906.09712, section 6.
[[nodiscard]] double quantile_ab_p_value(
    std::span<const double> sorted_a,
    std::span<const double> sorted_b,
    const quantile_comparison_params& params
);

}  // namespace millrace::stats
