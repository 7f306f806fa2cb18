#include "proxy/stats/rank_sum.hpp"

#include "proxy/base/assert.hpp"
#include "proxy/stats/root.hpp"

#include <boost/math/distributions/normal.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

namespace millrace::stats {

namespace {

constexpr double root_tolerance = 1e-4;

// The sum of t^3 - t over the groups of t tied values.
double tie_term(const std::vector<double>& ranks) {
    std::map<double, double> sizes;
    for (double const rank : ranks) {
        sizes[rank] += 1.0;
    }
    double sum = 0.0;
    for (auto const& [rank, size] : sizes) {
        sum += size * size * size - size;
    }
    return sum;
}

// The standardized rank sum of the experiment after a shift by -mu, corrected for continuity.
double standardized_rank_sum(const sample_pair& samples, double mu) {
    auto const m = static_cast<double>(samples.experiment.size());
    auto const n = static_cast<double>(samples.control.size());
    std::vector<double> all;
    all.reserve(samples.experiment.size() + samples.control.size());
    for (double const value : samples.experiment) {
        all.push_back(value - mu);
    }
    all.insert(all.end(), samples.control.begin(), samples.control.end());
    auto const ranks = average_ranks(all);
    double excess = -m * (m + 1.0) / 2.0 - m * n / 2.0;
    for (std::size_t i = 0; i < samples.experiment.size(); ++i) {
        excess += ranks[i];
    }
    double const continuity = excess == 0.0 ? 0.0 : std::copysign(0.5, excess);
    double const total = m + n;
    double const variance =
        m * n / 12.0 * (total + 1.0 - tie_term(ranks) / (total * (total - 1.0)));
    return (excess - continuity) / std::sqrt(variance);
}

}  // namespace

shift_estimate rank_sum_shift(const sample_pair& samples, double confidence_level) {
    MILLRACE_ASSERT(!samples.experiment.empty() && !samples.control.empty());
    MILLRACE_ASSERT(confidence_level > 0.0 && confidence_level < 1.0);
    auto const [x_min, x_max] =
        std::minmax_element(samples.experiment.begin(), samples.experiment.end());
    auto const [y_min, y_max] = std::minmax_element(samples.control.begin(), samples.control.end());
    bracket const shifts{.low = *x_min - *y_max, .high = *x_max - *y_min};
    if (shifts.low == shifts.high) {
        return {.estimate = shifts.low, .confidence = {.lower = shifts.low, .upper = shifts.low}};
    }
    auto const shift_at = [&](double quantile) {
        auto const excess = [&](double mu) {
            return standardized_rank_sum(samples, mu) - quantile;
        };
        if (excess(shifts.low) <= 0.0) {
            return shifts.low;
        }
        return excess(shifts.high) >= 0.0 ? shifts.high
                                          : brent_root(excess, shifts, root_tolerance);
    };
    boost::math::normal const standard;
    double const reach =
        boost::math::quantile(boost::math::complement(standard, (1.0 - confidence_level) / 2.0));
    return {
        .estimate = shift_at(0.0),
        .confidence = {.lower = shift_at(reach), .upper = shift_at(-reach)},
    };
}

}  // namespace millrace::stats
