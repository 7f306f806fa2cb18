#include "proxy/stats/bet.hpp"

#include <cmath>

namespace millrace::stats {

namespace {

// The largest rate that a bet assumes for an arm.
constexpr double arm_rate_max = 0.99;

// ln((1 - rate) / (1 - pooled)), without loss where both rates are small.
double log_good(double rate, double pooled) noexcept {
    return std::log1p((pooled - rate) / (1.0 - pooled));
}

}  // namespace

double log_factor(const bet& placed, const tick& seen) noexcept {
    return static_cast<double>(seen.bad_a) * placed.bad_a +
           static_cast<double>(seen.bad_b) * placed.bad_b +
           static_cast<double>(seen.count_a - seen.bad_a) * placed.good_a +
           static_cast<double>(seen.count_b - seen.bad_b) * placed.good_b;
}

double growth(const bet& placed, const rates& world) noexcept {
    return (1.0 - world.pi) * (world.a * placed.bad_a + (1.0 - world.a) * placed.good_a) +
           world.pi * (world.b * placed.bad_b + (1.0 - world.b) * placed.good_b);
}

bet event_bet(double pi, double ratio, double null_ratio) noexcept {
    double const in_a = std::log((pi * null_ratio + 1.0 - pi) / (pi * ratio + 1.0 - pi));
    return {.bad_a = in_a, .bad_b = in_a + std::log(ratio / null_ratio)};
}

bet full_bet(double pi, double ratio, double rate) noexcept {
    double const base = pi * ratio + 1.0 - pi;
    double rate_a = rate / base;
    double rate_b = ratio * rate / base;
    if (rate_b > arm_rate_max) {
        rate_b = arm_rate_max;
        rate_a = (rate - pi * rate_b) / (1.0 - pi);
    } else if (rate_a > arm_rate_max) {
        rate_a = arm_rate_max;
    }
    double const pooled = pi * rate_b + (1.0 - pi) * rate_a;
    return {
        .bad_a = std::log(rate_a / pooled),
        .bad_b = std::log(rate_b / pooled),
        .good_a = log_good(rate_a, pooled),
        .good_b = log_good(rate_b, pooled),
    };
}

bet rate_bet(double q, double p) noexcept {
    return {.bad_b = std::log(q / p), .good_b = log_good(q, p)};
}

bet coin_bet(double pi, double odds) noexcept {
    double const in_a = -std::log(pi * odds + 1.0 - pi);
    double const in_b = in_a + std::log(odds);
    return {.bad_a = in_a, .bad_b = in_b, .good_a = in_a, .good_b = in_b};
}

}  // namespace millrace::stats
