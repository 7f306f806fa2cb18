#pragma once

#include <functional>

namespace millrace::stats {

using real_function = std::function<double(double)>;

struct bracket {
    double low = 0.0;
    double high = 0.0;
};

/// The root of a function with different signs at both ends, by halving until the ends are equal to
/// 48 bits. An end where it is 0 is the root. Needs no smoothness. Cost: at most 60 calls for ends
/// of the same size; one more per halving otherwise.
[[nodiscard]] double bisected_root(const real_function& function, const bracket& ends);

/// The same by Brent's method: secant or inverse quadratic steps where they help, halving else.
/// Stops when the root is known to +- tolerance / 2, so the result depends on the path: this is how
/// R and the tools that follow it locate a shift.
///
/// @param tolerance  > 0, absolute
/// Source: Brent 1973, "Algorithms for Minimization without Derivatives", chapter 4, zeroin.
[[nodiscard]] double brent_root(
    const real_function& function, const bracket& ends, double tolerance
);

}  // namespace millrace::stats
