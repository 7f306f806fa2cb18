#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace millrace::stats {

/// Closed forms over whole samples: what the running processes of this folder are checked against,
/// and what published tables contain. Pure, any thread.

/// Bad outcomes that were assigned at one pi.
struct event_segment {
    double in_a = 0.0;
    double in_b = 0.0;
    double pi = 0.5;  ///< in (0, 1)
};

struct event_mixture {
    double null_ratio = 1.0;      ///< rho0, > 0
    std::vector<double> ratios;   ///< multiples of rho0, > 0
    std::vector<double> weights;  ///< one per ratio, >= 0, their sum above 0; scaled to 1
};

/// The ratios of rae_rollback without the neutral one, with equal weights.
[[nodiscard]] event_mixture default_event_mixture();

/// The plain mixture of event bets (event_bet): what rae_rollback is for rho0 != 1 without the
/// neutral account and without sharing. Segments multiply inside the mixture: counts of different
/// pi must never be pooled.
///
///   ln E = ln sum_k w_k prod_segments (p_k / p_0)^in_b ((1 - p_k) / (1 - p_0))^in_a
[[nodiscard]] double rae_event_log_e(
    std::span<const event_segment> segments, const event_mixture& mixture
);

struct exceedance_counts {
    double exceedances = 0.0;  ///< in [0, n]
    double n = 0.0;
    double p0 = 0.01;  ///< tolerated rate, in (0, 1)
};

/// ln of the average over q of (q / p0)^exceedances ((1 - q) / (1 - p0))^(n - exceedances).
/// @param grid  the q, in (0, 1), at least one
[[nodiscard]] double slo_exceedance_log_e(
    const exceedance_counts& seen, std::span<const double> grid
);

/// One outcome of the form with the moments of D.
struct contrast_outcome {
    double y = 0.0;  ///< score in [0, 1], larger is better
    bool candidate = false;
    double pi = 0.5;  ///< in (0, 1)
};

struct contrast_hypothesis {
    double sign = 1.0;    ///< +1: null hypothesis Delta <= delta0; -1: Delta >= delta0
    double delta0 = 0.0;  ///< in (-1, 1)
};

/// Betting on the centred contrast as contrast_bet does, one outcome at a time, but with g and v
/// from the moments of D itself: the form to compare with while pi is constant. When pi moves,
/// those moments are of another coin, so the running process takes each arm's own.
///
///   g = s (mean D - delta0),  v = mean D^2 - (mean D)^2
///
/// over the outcomes before, and a prior of one D with mean 0 and second moment .25 / (pi (1 -
/// pi)), the variance of D for a fair bit, with the pi of the first outcome.
[[nodiscard]] double ipw_betting_log_e(
    std::span<const contrast_outcome> outcomes, const contrast_hypothesis& null
);

/// A Shiryaev-Roberts e-detector of a rate above p0: after each bit the average over q of
///
///   M_q = (M_q + 1) x (q / p0 if the bit is set, (1 - q) / (1 - p0) if not)
///
/// An alarm whenever it reaches A has a mean run length of at least A between false alarms.
/// @param bits  of '0' and '1'
/// @param grid  the q, in (0, 1), at least one
/// Source: Shin, Ramdas, Rinaldo, "E-detectors", arXiv:2203.03532.
[[nodiscard]] std::vector<double> bernoulli_sr_edetector(
    double p0, std::span<const double> grid, std::string_view bits
);

}  // namespace millrace::stats
