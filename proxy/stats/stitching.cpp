#include "proxy/stats/stitching.hpp"

#include "proxy/base/assert.hpp"
#include "proxy/stats/root.hpp"

#include <boost/math/special_functions/zeta.hpp>
#include <boost/math/tools/minima.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace millrace::stats {

namespace {

// What the epochs cost: the constants k1 and k2 of the stitched bounds.
struct stitching_constants {
    double k1 = 0.0;
    double k2 = 0.0;

    explicit stitching_constants(const stitching& epochs)
        : k1((std::pow(epochs.eta, 0.25) + std::pow(epochs.eta, -0.25)) / std::sqrt(2.0)),
          k2((std::sqrt(epochs.eta) + 1.0) / 2.0) {
        MILLRACE_ASSERT(epochs.s > 1.0);
        MILLRACE_ASSERT(epochs.eta > 1.0);
    }
};

double logit(double p) {
    return std::log(p / (1.0 - p));
}

double expit(double x) {
    return 1.0 / (1.0 + std::exp(-x));
}

// The error probability of an epoch length eta and a constant C (theorem 2).
double empirical_process_error(double a, double c, double eta) {
    double const gamma = a - std::sqrt(2.0 * (eta - 1.0) / c);
    double const gamma_squared = 2.0 / eta * gamma * gamma;
    if (gamma_squared <= 1.0) {
        return std::numeric_limits<double>::infinity();
    }
    double const epochs = 1.0 + 1.0 / ((gamma_squared - 1.0) * std::log(eta));
    return 4.0 * std::exp(-gamma_squared * c) * epochs;
}

// The least error probability of C, over the lengths of epochs for which gamma^2 > 1.
double least_empirical_process_error(double a, double c) {
    double const eta_max = bisected_root(
        [&](double eta) { return std::sqrt(eta / 2.0) + std::sqrt(2.0 * (eta - 1.0) / c) - a; },
        {.low = 1.0, .high = 2.0 * a * a}
    );
    auto const error = [&](double eta) { return empirical_process_error(a, c, eta); };
    return boost::math::tools::brent_find_minima(error, 1.0, eta_max, 24).second;
}

// The C whose error probability is alpha. The error falls with C.
double empirical_process_constant(double a, double alpha) {
    auto const excess = [&](double c) { return least_empirical_process_error(a, c) - alpha; };
    bracket ends{.low = 5.0, .high = 5.0};
    while (excess(ends.low) < 0.0) {
        ends.low /= 2.0;
    }
    while (excess(ends.high) > 0.0) {
        ends.high *= 2.0;
    }
    return ends.low == ends.high ? ends.low : bisected_root(excess, ends);
}

}  // namespace

double poly_stitching_bound(double v, const poly_stitching_params& params) {
    auto const [s, eta] = params.epochs;
    MILLRACE_ASSERT(v >= 0.0);
    MILLRACE_ASSERT(params.v_min > 0.0);
    MILLRACE_ASSERT(params.alpha > 0.0 && params.alpha < 1.0);
    stitching_constants const k{params.epochs};
    double const time = std::max(v, params.v_min);
    double const ell = s * std::log(std::log(eta * time / params.v_min)) +
                       std::log(boost::math::zeta(s) / std::pow(std::log(eta), s)) -
                       std::log(params.alpha);
    double const linear = k.k2 * params.c * ell;
    return std::sqrt(k.k1 * k.k1 * time * ell + linear * linear) + linear;
}

double empirical_process_lil_bound(double t, const empirical_process_params& params) {
    MILLRACE_ASSERT(t > 0.0);
    MILLRACE_ASSERT(params.alpha > 0.0 && params.alpha < 1.0);
    MILLRACE_ASSERT(params.t_min >= 1.0);
    MILLRACE_ASSERT(params.a > std::sqrt(0.5));
    if (t < params.t_min) {
        return std::numeric_limits<double>::infinity();
    }
    double const constant = empirical_process_constant(params.a, params.alpha);
    return params.a * std::sqrt((std::log1p(std::log(t / params.t_min)) + constant) / t);
}

double double_stitching_bound(double quantile_p, double t, const double_stitching_params& params) {
    auto const [s, eta] = params.epochs;
    MILLRACE_ASSERT(quantile_p > 0.0 && quantile_p < 1.0);
    MILLRACE_ASSERT(t > 0.0);
    MILLRACE_ASSERT(params.alpha > 0.0 && params.alpha < 1.0);
    MILLRACE_ASSERT(params.t_opt >= 1.0);
    MILLRACE_ASSERT(params.delta > 0.0);
    stitching_constants const k{params.epochs};
    double const time = std::max(t, params.t_opt);
    double const ratio = time / params.t_opt;
    double const place = logit(quantile_p);
    // The grid value above the quantile, where the variance is the larger one.
    double const r =
        quantile_p >= 0.5
            ? quantile_p
            : std::min(0.5, expit(place + 2.0 * params.delta * std::sqrt(eta / ratio)));
    double const variance = r * (1.0 - r);
    double const grid_index = std::sqrt(ratio) * std::abs(place) / (2.0 * params.delta) + 1.0;
    double const zeta = boost::math::zeta(s);
    double const ell =
        s * std::log(std::log(eta * ratio)) + s * std::log(grid_index) +
        std::log(2.0 * zeta * (2.0 * zeta + 1.0) / (params.alpha * std::pow(std::log(eta), s)));
    double const linear = k.k2 * (1.0 - 2.0 * quantile_p) / 3.0 * ell;
    return params.delta * std::sqrt(eta * ratio * variance) +
           std::sqrt(k.k1 * k.k1 * variance * time * ell + linear * linear) + linear;
}

}  // namespace millrace::stats
