#include "proxy/stats/descriptive.hpp"

#include "proxy/base/assert.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace millrace::stats {

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

double sum_of(std::span<const double> values) {
    return std::accumulate(values.begin(), values.end(), 0.0);
}

// In two passes, so that a large mean does not swallow a small variance.
double deviation_of(std::span<const double> values, double mean) {
    if (values.size() < 2) {
        return 0.0;
    }
    double squares = 0.0;
    for (double const value : values) {
        squares += (value - mean) * (value - mean);
    }
    return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

}  // namespace

sample_description describe(std::span<const double> values) {
    if (values.empty()) {
        return {};
    }
    auto const [min, max] = std::minmax_element(values.begin(), values.end());
    double const mean = sum_of(values) / static_cast<double>(values.size());
    return {
        .min = *min,
        .max = *max,
        .mean = mean,
        .deviation = deviation_of(values, mean),
        .count = values.size(),
    };
}

double percentile(std::span<const double> values, double p) {
    MILLRACE_ASSERT(p >= 0.0 && p <= 100.0);
    if (values.empty()) {
        return not_a_number;
    }
    std::vector<double> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    double const position = p / 100.0 * static_cast<double>(sorted.size() - 1);
    auto const index = static_cast<std::size_t>(position);
    double const next = sorted[std::min(index + 1, sorted.size() - 1)];
    return sorted[index] + (position - std::floor(position)) * (next - sorted[index]);
}

std::vector<double> average_ranks(std::span<const double> values) {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return values[a] < values[b];
    });
    std::vector<double> ranks(values.size());
    for (std::size_t first = 0; first < order.size();) {
        std::size_t last = first;
        while (last < order.size() && values[order[last]] == values[order[first]]) {
            ++last;
        }
        for (std::size_t i = first; i < last; ++i) {
            ranks[order[i]] = (static_cast<double>(first + last) + 1.0) / 2.0;
        }
        first = last;
    }
    return ranks;
}

double mean_ratio(const sample_pair& samples) {
    double const experiment = describe(samples.experiment).mean;
    double const control = describe(samples.control).mean;
    return experiment == 0.0 || control == 0.0 ? not_a_number : experiment / control;
}

double cohens_d(const sample_pair& samples) {
    auto const experiment = describe(samples.experiment);
    auto const control = describe(samples.control);
    auto const squares = [](const sample_description& one) {
        return (static_cast<double>(one.count) - 1.0) * one.deviation * one.deviation;
    };
    auto const degrees = static_cast<double>(experiment.count + control.count) - 2.0;
    double const pooled = std::sqrt((squares(experiment) + squares(control)) / degrees);
    return std::abs(experiment.mean - control.mean) / pooled;
}

double common_language_effect(const sample_pair& samples) {
    auto const m = static_cast<double>(samples.experiment.size());
    auto const n = static_cast<double>(samples.control.size());
    std::vector<double> all(samples.experiment.begin(), samples.experiment.end());
    all.insert(all.end(), samples.control.begin(), samples.control.end());
    auto const ranks = average_ranks(all);
    double const rank_sum = sum_of(std::span{ranks}.first(samples.experiment.size()));
    return (2.0 * rank_sum - m * (m + 1.0)) / (2.0 * n * m);
}

}  // namespace millrace::stats
