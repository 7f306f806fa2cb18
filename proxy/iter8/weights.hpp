#pragma once

#include "proxy/iter8/params.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

/// The weights that Iter8's analytics recommend, in percent by version, the baseline first.
/// Source: github.com/iter8-tools/iter8-analytics, API v2 (get_weights).
namespace millrace::iter8 {

/// Percent of the traffic that always explores: spread evenly over the versions.
inline constexpr double exploration_percent = 10;

/// What the analytics assume where the weights of a strategy leave a limit out. The controller
/// fills in 10 for the increment before it asks them, which is what an import takes.
inline constexpr double candidate_max_default = 100;
inline constexpr double increment_max_default = 5;
inline constexpr double increment_max_of_controller = 10;

/// Before limits: 90 % to the best versions evenly (to the baseline without one), 10 % to all.
/// @param versions  how many, >= 1
/// @param best      their places
[[nodiscard]] std::vector<double> unlimited_weights(
    std::size_t versions, const std::vector<std::size_t>& best
);

/// A candidate gets neither more than its limit nor more than the increment above what it had; what
/// is too much goes to the baseline.
/// @param wanted  percent by version
/// @param old     likewise; empty: everything was the baseline's
/// @param limits  nothing: there are none
[[nodiscard]] std::vector<double> constrained_weights(
    const std::vector<double>& wanted,
    const std::vector<double>& old,
    const std::optional<weight_limits>& limits
);

/// Whole numbers with the sum 100, by the largest remainder; the first of equals. All zero counts
/// as all equal.
[[nodiscard]] std::vector<std::uint32_t> rounded_weights(const std::vector<double>& percent);

/// All three; empty for Conformance, which moves no weight.
[[nodiscard]] std::vector<std::uint32_t> recommended_weights(
    const experiment& of, const std::vector<std::size_t>& best
);

}  // namespace millrace::iter8
