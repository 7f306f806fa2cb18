#pragma once

#include <span>
#include <vector>

namespace millrace::stats {

struct group_sequential_params {
    double alpha = 0.05;  ///< error probability over all looks, in (0, 1)
    int sides = 2;        ///< 1 or 2; two-sided: each side is bounded with alpha / 2 by itself
    double phi = 2.0;     ///< > 0: exponent of the spending function
};

/// Boundaries for the z statistic at planned looks, by the spending function alpha t^phi of Kim and
/// DeMets: crossed by chance at or before the look of information fraction t with that probability.
/// Invalid for looks that were not planned or a horizon that moves; the e-processes of this folder
/// need neither.
///
/// The distribution of the statistic among runs that have not stopped is carried from look to look
/// by numerical integration (Armitage, McPherson, Rowe 1969), as the established programs do, so
/// that their tables are met to their digits: a grid of step .05 standard deviations but at most
/// 1,000 cells, bounds cut at 8, a look that may spend less than 1e-7 is not used (bound 8), one
/// that adds no more than 1e-5 of information repeats the bound before it.
///
/// @param fractions  information at each look as a share of the plan, in (0, 1], not falling, at
///                   least one
/// @return           one bound per look
/// Cost: 1 to 10 ms a look. Source: Lan & DeMets, Biometrika 70, 1983; Reboussin, DeMets, Kim, Lan,
/// "Computations for group sequential boundaries using the Lan-DeMets spending function method",
/// Controlled Clinical Trials 21, 2000.
[[nodiscard]] std::vector<double> group_sequential_bounds(
    std::span<const double> fractions, const group_sequential_params& params
);

}  // namespace millrace::stats
