#include "proxy/stats/closed_forms.hpp"

#include "proxy/base/assert.hpp"
#include "proxy/stats/bet.hpp"
#include "proxy/stats/capital.hpp"
#include "proxy/stats/contrast_bet.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace millrace::stats {

event_mixture default_event_mixture() {
    return {
        .ratios = {1.1, 1.2, 1.35, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0, 6.0, 10.0, 20.0},
        .weights = std::vector<double>(12, 1.0),
    };
}

double rae_event_log_e(std::span<const event_segment> segments, const event_mixture& mixture) {
    MILLRACE_ASSERT(!mixture.ratios.empty());
    MILLRACE_ASSERT(mixture.weights.size() == mixture.ratios.size());
    std::vector<double> parts;
    for (std::size_t i = 0; i < mixture.ratios.size(); ++i) {
        double part = std::log(mixture.weights[i]);
        for (auto const& segment : segments) {
            auto const placed =
                event_bet(segment.pi, mixture.null_ratio * mixture.ratios[i], mixture.null_ratio);
            part += segment.in_a * placed.bad_a + segment.in_b * placed.bad_b;
        }
        parts.push_back(part);
    }
    auto const& weights = mixture.weights;
    return log_sum_exp(parts) - std::log(std::accumulate(weights.begin(), weights.end(), 0.0));
}

double slo_exceedance_log_e(const exceedance_counts& seen, std::span<const double> grid) {
    MILLRACE_ASSERT(!grid.empty());
    MILLRACE_ASSERT(seen.exceedances >= 0.0 && seen.exceedances <= seen.n);
    std::vector<double> parts;
    for (double const q : grid) {
        auto const placed = rate_bet(q, seen.p0);
        parts.push_back(
            seen.exceedances * placed.bad_b + (seen.n - seen.exceedances) * placed.good_b
        );
    }
    return log_sum_exp(parts) - std::log(static_cast<double>(grid.size()));
}

double ipw_betting_log_e(
    std::span<const contrast_outcome> outcomes, const contrast_hypothesis& null
) {
    double log_k = 0.0;
    double sum_y = 0.5;
    double sum = 0.0;
    double squares = 0.0;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        auto const& [y, candidate, pi] = outcomes[i];
        if (i == 0) {
            squares = 0.25 / (pi * (1.0 - pi));
        }
        double const count = static_cast<double>(i) + 1.0;  // with the prior's
        contrast_stake bettor{
            .sign = null.sign, .delta0 = null.delta0, .centre = sum_y / count, .pi = pi};
        double const mean = sum / count;
        bettor.lay(null.sign * (mean - null.delta0), squares / count - mean * mean);
        double const contrast = bettor.contrast(candidate, y);
        log_k += std::log(bettor.factor(contrast));
        sum_y += y;
        sum += contrast;
        squares += contrast * contrast;
    }
    return log_k;
}

std::vector<double> bernoulli_sr_edetector(
    double p0, std::span<const double> grid, std::string_view bits
) {
    MILLRACE_ASSERT(!grid.empty());
    MILLRACE_ASSERT(p0 > 0.0 && p0 < 1.0);
    std::vector<double> detectors(grid.size(), 0.0);
    std::vector<double> means;
    means.reserve(bits.size());
    for (char const bit : bits) {
        for (std::size_t i = 0; i < grid.size(); ++i) {
            double const factor = bit == '1' ? grid[i] / p0 : (1.0 - grid[i]) / (1.0 - p0);
            detectors[i] = (detectors[i] + 1.0) * factor;
        }
        double const sum = std::accumulate(detectors.begin(), detectors.end(), 0.0);
        means.push_back(sum / static_cast<double>(grid.size()));
    }
    return means;
}

}  // namespace millrace::stats
