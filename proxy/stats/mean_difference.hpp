#pragma once

#include "proxy/stats/interval.hpp"

namespace millrace::stats {

/// What is known of the values of one arm. A value.
struct sample_summary {
    double count = 0.0;     ///< n
    double mean = 0.0;      ///< of the values
    double variance = 0.0;  ///< of the values, >= 0
};

struct sample_sums {
    double count = 0.0;  ///< n, at least 2
    double sum = 0.0;
    double sum_squares = 0.0;
};

/// With the unbiased variance (sum_squares - sum^2 / n) / (n - 1), not below 0.
[[nodiscard]] sample_summary summary_of(const sample_sums& sums);

/// Of values that are 0 or 1: variance p (1 - p).
/// @param successes  in [0, count], count at least 2
[[nodiscard]] sample_summary proportion_of(double successes, double count);

enum class difference_scale {
    absolute,  ///< mean B - mean A
    relative   ///< (mean B - mean A) / |mean A|; mean A must not be 0
};

/// An estimated difference between two arms.
struct mean_difference {
    double estimate = 0.0;
    double standard_error = 0.0;
    double count = 0.0;               ///< of both arms
    double degrees_of_freedom = 0.0;  ///< Welch-Satterthwaite; NaN when both variances are 0

    /// The variance of the relative difference is that of the ratio B / A by the delta method.
    [[nodiscard]] static mean_difference of(
        const sample_summary& a, const sample_summary& b, difference_scale scale
    );
};

/// For the following the standard error must be above 0, alpha in (0, 1), one-sided (0, 1/2).

/// Welch's t-test at one planned look.
struct t_test_result {
    interval two_sided;      ///< confidence 1 - alpha
    interval one_sided;      ///< lower and upper bounds, confidence 1 - alpha each
    double p_two_sided = 1;  ///< of "no difference"
    double p_greater = 1;    ///< of "B is not greater"
    double p_lesser = 1;     ///< of "B is not lesser"
};

[[nodiscard]] t_test_result t_test(const mean_difference& difference, double alpha);

struct asymptotic_params {
    double alpha = 0.05;
    double tuning_n = 5000.0;  ///< observations of both arms at which it is to be tightest, > 0
};

struct asymptotic_result {
    interval covered;  ///< with 1 - alpha; one-sided: each bound by itself
    double p = 1.0;    ///< of "no difference", valid at any time; one-sided: NaN, there is none
};

/// Asymptotic confidence sequences: they cover at all times together, in the limit of many
/// observations. With n of both arms, s^2 = n x standard error^2 and
/// r^2 = (-2 ln a + ln(1 - 2 ln a)) / tuning_n, a = alpha (two-sided) or 2 alpha (one-sided), the
/// radius is
///
///   two-sided: s sqrt(2 (n r^2 + 1) / (n r)^2 x ln(sqrt(n r^2 + 1) / alpha))
///   one-sided: s sqrt(2 (n r^2 + 1) / (n r)^2 x ln(1 + sqrt(n r^2 + 1) / (2 alpha)))
///
/// Assumes independent observations. Cost: O(1). Source: Waudby-Smith, Arbour, Sinha, Kennedy,
/// Ramdas, "Time-uniform central limit theory and asymptotic confidence sequences",
/// arXiv:2103.06476, version 7, eqs. (9), (134), (155), (161).
[[nodiscard]] asymptotic_result asymptotic_two_sided(
    const mean_difference& difference, const asymptotic_params& params
);
[[nodiscard]] asymptotic_result asymptotic_one_sided(
    const mean_difference& difference, const asymptotic_params& params
);

}  // namespace millrace::stats
