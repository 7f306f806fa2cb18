#include "proxy/simulation/draws.hpp"

#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace millrace::simulation {

namespace {

// Expected hits up to which counting them one by one is fastest.
constexpr double few = 10.0;

double log_factorial(double of) noexcept {
    return boost::math::lgamma(of + 1.0);
}

}  // namespace

double draws::uniform() noexcept {
    return (static_cast<double>(source_.next() >> 11) + 0.5) * 0x1p-53;
}

std::uint64_t draws::binomial(std::uint64_t count, double p) noexcept {
    if (count == 0 || p <= 0.0) {
        return 0;
    }
    if (p > 0.5) {
        return count - binomial(count, 1.0 - p);
    }
    return static_cast<double>(count) * p < few ? few_binomial(count, p) : many_binomial(count, p);
}

std::uint64_t draws::few_binomial(std::uint64_t count, double p) noexcept {
    double const odds = p / (1.0 - p);
    double rest = uniform();
    double mass = std::exp(static_cast<double>(count) * std::log1p(-p));
    std::uint64_t hits = 0;
    while (rest > mass && hits < count) {
        rest -= mass;
        ++hits;
        mass *= odds * static_cast<double>(count - hits + 1) / static_cast<double>(hits);
    }
    return hits;
}

std::uint64_t draws::many_binomial(std::uint64_t count, double p) noexcept {
    // The letters are those of the source.
    auto const n = static_cast<double>(count);
    double const spread = std::sqrt(n * p * (1.0 - p));
    double const b = 1.15 + 2.53 * spread;
    double const a = -0.0873 + 0.0248 * b + 0.01 * p;
    double const c = n * p + 0.5;
    double const v_r = 0.92 - 4.2 / b;
    double const alpha = (2.83 + 5.1 / b) * spread;
    double const log_odds = std::log(p / (1.0 - p));
    double const m = std::floor((n + 1.0) * p);
    for (;;) {
        double const u = uniform() - 0.5;
        double v = uniform();
        double const us = 0.5 - std::abs(u);
        double const k = std::floor((2.0 * a / us + b) * u + c);
        if (k < 0.0 || k > n) {
            continue;
        }
        if (us >= 0.07 && v <= v_r) {
            return static_cast<std::uint64_t>(k);
        }
        v = std::log(v * alpha / (a / (us * us) + b));
        double const most = log_factorial(m) + log_factorial(n - m);
        if (v <= most - log_factorial(k) - log_factorial(n - k) + (k - m) * log_odds) {
            return static_cast<std::uint64_t>(k);
        }
    }
}

std::uint64_t draws::poisson(double mean) noexcept {
    if (mean <= 0.0) {
        return 0;
    }
    return mean < few ? few_poisson(mean) : many_poisson(mean);
}

std::uint64_t draws::few_poisson(double mean) noexcept {
    double rest = uniform();
    double mass = std::exp(-mean);
    std::uint64_t hits = 0;
    // Beyond a hundred nothing is left of a mean below ten.
    while (rest > mass && hits < 100) {
        rest -= mass;
        ++hits;
        mass *= mean / static_cast<double>(hits);
    }
    return hits;
}

std::uint64_t draws::many_poisson(double mean) noexcept {
    double const b = 0.931 + 2.53 * std::sqrt(mean);
    double const a = -0.059 + 0.02483 * b;
    double const inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    double const v_r = 0.9277 - 3.6224 / (b - 2.0);
    for (;;) {
        double const u = uniform() - 0.5;
        double const v = uniform();
        double const us = 0.5 - std::abs(u);
        double const k = std::floor((2.0 * a / us + b) * u + mean + 0.43);
        if (us >= 0.07 && v <= v_r) {
            return static_cast<std::uint64_t>(k);
        }
        if (k < 0.0 || (us < 0.013 && v > us)) {
            continue;
        }
        if (std::log(v * inverse_alpha / (a / (us * us) + b)) <=
            k * std::log(mean) - mean - log_factorial(k)) {
            return static_cast<std::uint64_t>(k);
        }
    }
}

double draws::normal() noexcept {
    // Box and Muller; the other of the pair is not kept, so that a draw depends on nothing before.
    double const radius = std::sqrt(-2.0 * std::log(uniform()));
    return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

double draws::log_gamma_variate(double shape) noexcept {
    if (shape < 1.0) {
        // In logarithms: for small shapes the variate itself is often too small for a double.
        double const boost = std::log(uniform()) / shape;
        return log_gamma_variate(shape + 1.0) + boost;
    }
    double const d = shape - 1.0 / 3.0;
    double const c = 1.0 / std::sqrt(9.0 * d);
    for (;;) {
        double const x = normal();
        double const v = std::pow(1.0 + c * x, 3);
        if (v <= 0.0) {
            continue;
        }
        if (std::log(uniform()) < 0.5 * x * x + d - d * v + d * std::log(v)) {
            return std::log(d) + std::log(v);
        }
    }
}

double draws::beta(double mean, double weight) noexcept {
    double const good = log_gamma_variate(mean * weight);
    double const bad = log_gamma_variate((1.0 - mean) * weight);
    return 1.0 / (1.0 + std::exp(bad - good));
}

double draws::sample_quantile(double q, std::uint64_t count) {
    // The value of rank ceil(q n) of n uniform ones is Beta(rank, n + 1 - rank).
    auto const n = static_cast<double>(count);
    double const rank = std::clamp(std::ceil(q * n), 1.0, n);
    return boost::math::ibeta_inv(rank, n + 1.0 - rank, uniform());
}

}  // namespace millrace::simulation
