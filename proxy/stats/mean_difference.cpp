#include "proxy/stats/mean_difference.hpp"

#include "proxy/base/assert.hpp"

#include <boost/math/distributions/students_t.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace millrace::stats {

namespace {

double squared(double x) {
    return x * x;
}

interval around(double middle, double radius) {
    return {.lower = middle - radius, .upper = middle + radius};
}

double welch_degrees(const sample_summary& a, const sample_summary& b) {
    double const part_a = a.variance / a.count;
    double const part_b = b.variance / b.count;
    return squared(part_a + part_b) /
           (squared(part_a) / (a.count - 1.0) + squared(part_b) / (b.count - 1.0));
}

// r^2: makes the sequence tightest at tuning_n.
double mixing_precision(double alpha, double tuning_n) {
    double const twice_log = -2.0 * std::log(alpha);
    return (twice_log + std::log1p(twice_log)) / tuning_n;
}

// The radius of a sequence whose mixture reaches exp(log_threshold).
double sequence_radius(const mean_difference& difference, double r2, double log_threshold) {
    double const n = difference.count;
    double const spread = 2.0 * (n * r2 + 1.0) / (n * r2) * log_threshold;
    return difference.standard_error * std::sqrt(spread);
}

void check(const mean_difference& difference, const asymptotic_params& params) {
    MILLRACE_ASSERT(difference.standard_error > 0.0);
    MILLRACE_ASSERT(params.alpha > 0.0 && params.alpha < 1.0);
    MILLRACE_ASSERT(params.tuning_n > 0.0);
}

}  // namespace

sample_summary summary_of(const sample_sums& sums) {
    MILLRACE_ASSERT(sums.count >= 2.0);
    double const centred = sums.sum_squares - squared(sums.sum) / sums.count;
    return {
        .count = sums.count,
        .mean = sums.sum / sums.count,
        .variance = std::max(centred, 0.0) / (sums.count - 1.0),
    };
}

sample_summary proportion_of(double successes, double count) {
    MILLRACE_ASSERT(count >= 2.0);
    MILLRACE_ASSERT(successes >= 0.0 && successes <= count);
    double const rate = successes / count;
    return {.count = count, .mean = rate, .variance = rate * (1.0 - rate)};
}

mean_difference mean_difference::of(
    const sample_summary& a, const sample_summary& b, difference_scale scale
) {
    MILLRACE_ASSERT(scale == difference_scale::absolute || a.mean != 0.0);
    bool const relative = scale == difference_scale::relative;
    double const unit = relative ? std::abs(a.mean) : 1.0;
    double const slope = relative ? b.mean / a.mean : 1.0;  // of the estimate in A's mean, in units
    double const variance = b.variance / b.count + squared(slope) * a.variance / a.count;
    return {
        .estimate = (b.mean - a.mean) / unit,
        .standard_error = std::sqrt(variance) / unit,
        .count = a.count + b.count,
        .degrees_of_freedom = welch_degrees(a, b),
    };
}

t_test_result t_test(const mean_difference& difference, double alpha) {
    MILLRACE_ASSERT(difference.standard_error > 0.0);
    MILLRACE_ASSERT(alpha > 0.0 && alpha < 1.0);
    boost::math::students_t const t{difference.degrees_of_freedom};
    auto const radius = [&](double tail) {
        return difference.standard_error * boost::math::quantile(boost::math::complement(t, tail));
    };
    double const statistic = difference.estimate / difference.standard_error;
    return {
        .two_sided = around(difference.estimate, radius(alpha / 2.0)),
        .one_sided = around(difference.estimate, radius(alpha)),
        .p_two_sided = 2.0 * boost::math::cdf(boost::math::complement(t, std::abs(statistic))),
        .p_greater = boost::math::cdf(boost::math::complement(t, statistic)),
        .p_lesser = boost::math::cdf(t, statistic),
    };
}

asymptotic_result asymptotic_two_sided(
    const mean_difference& difference, const asymptotic_params& params
) {
    check(difference, params);
    double const r2 = mixing_precision(params.alpha, params.tuning_n);
    double const growth = difference.count * r2 + 1.0;
    double const log_threshold = std::log(growth) / 2.0 - std::log(params.alpha);
    double const statistic = difference.estimate / difference.standard_error;
    double const log_e = (1.0 - 1.0 / growth) * squared(statistic) / 2.0 - std::log(growth) / 2.0;
    return {
        .covered = around(difference.estimate, sequence_radius(difference, r2, log_threshold)),
        .p = std::min(1.0, std::exp(-log_e)),
    };
}

asymptotic_result asymptotic_one_sided(
    const mean_difference& difference, const asymptotic_params& params
) {
    check(difference, params);
    MILLRACE_ASSERT(params.alpha < 0.5);
    double const r2 = mixing_precision(2.0 * params.alpha, params.tuning_n);
    double const growth = difference.count * r2 + 1.0;
    double const log_threshold = std::log1p(std::sqrt(growth) / (2.0 * params.alpha));
    return {
        .covered = around(difference.estimate, sequence_radius(difference, r2, log_threshold)),
        .p = std::numeric_limits<double>::quiet_NaN(),
    };
}

}  // namespace millrace::stats
