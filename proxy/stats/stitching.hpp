#pragma once

namespace millrace::stats {

/// How a stitched bound divides time and error probability between its epochs.
struct stitching {
    double s = 1.4;    ///< > 1: how fast the error probability falls from epoch to epoch
    double eta = 2.0;  ///< > 1: each epoch is so many times as long as the one before
};

struct poly_stitching_params {
    double alpha = 0.05;  ///< in (0, 1)
    double v_min = 1.0;   ///< intrinsic time from which the bound holds its rate, > 0
    double c = 0.0;       ///< sub-gamma scale; 0: sub-Gaussian; may be negative
    stitching epochs = {};
};

/// Polynomial stitched bound of a sub-gamma sum, one-sided: iterated-logarithm width in closed
/// form. With w = max(v, v_min), l = s ln ln(eta w / v_min) + ln(zeta(s) / (alpha (ln eta)^s)), k1
/// = (eta^1/4 + eta^-1/4) / sqrt 2 and k2 = (sqrt eta + 1) / 2:
///
///   bound = sqrt(k1^2 w l + k2^2 c^2 l^2) + k2 c l
///
/// @param v  intrinsic time, >= 0
/// @return   NaN where the formula has no value: l < 0, for an alpha near 1
/// Cost: O(1). Source: Howard et al. 2021, arXiv:1810.08240, eq. (10).
[[nodiscard]] double poly_stitching_bound(double v, const poly_stitching_params& params);

struct empirical_process_params {
    double alpha = 0.05;  ///< in (0, 1)
    double t_min = 1.0;   ///< >= 1: the time from which the bound holds
    double a = 0.85;      ///< leading constant A, > 1 / sqrt 2
};

/// How far an empirical distribution function strays from the true one, over all values and all
/// times from t_min on, two-sided:
///
///   bound = A sqrt((ln(1 + ln(t / t_min)) + C) / t)
///
/// with the least C that keeps the error probability at alpha.
/// @param t  number of observations, > 0
/// @return   +inf before t_min
/// Cost: a few thousand evaluations, for C. Source: Howard & Ramdas, Bernoulli 28, 2022,
/// arXiv:1906.09712, theorem 2.
[[nodiscard]] double empirical_process_lil_bound(double t, const empirical_process_params& params);

struct double_stitching_params {
    double alpha = 0.05;  ///< in (0, 1)
    double t_opt = 1.0;   ///< >= 1: the time at which the bound is to be tightest
    double delta = 0.5;   ///< > 0: fineness of the grid of quantiles, in logits
    stitching epochs = {};
};

/// A bound of the centred count of observations up to a quantile, over all quantiles and times.
/// @param quantile_p  in (0, 1)
/// @param t           number of observations, > 0
/// Cost: O(1). Source: Howard & Ramdas 2022, arXiv:1906.09712, theorem 3.
[[nodiscard]] double double_stitching_bound(
    double quantile_p, double t, const double_stitching_params& params
);

}  // namespace millrace::stats
