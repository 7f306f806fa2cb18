#pragma once

#include "proxy/iter8/params.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What Iter8's analytics would answer: pure functions of an experiment with the values of its
/// metrics. A point estimate decides, at no error probability.
/// Source: github.com/iter8-tools/iter8-analytics, API v2 (analytics_results).
namespace millrace::iter8 {

/// By version, and for each by objective: whether it is met. A version without a value meets no
/// objective. Empty: there are no objectives.
using assessments = std::vector<std::vector<bool>>;

[[nodiscard]] assessments assess_versions(const experiment& of);

/// Whether a value lies within an objective's limits, both included.
[[nodiscard]] bool is_within(const objective& limits, double value) noexcept;

/// The newest value of a metric for a version; nothing when there is none.
[[nodiscard]] std::optional<double> value_of(
    const experiment& of, std::string_view metric, std::string_view version
);

struct winner_assessment {
    std::optional<std::size_t> winner;  ///< place among the versions
    std::vector<std::size_t> best;      ///< that share the best reward; the winner, if there is one
    std::string why;                    ///< in words
};

/// By testing pattern: Conformance asks the baseline alone; Canary takes the candidate, else the
/// baseline, that meets everything; A/B and A/B/N take the best reward among those that do.
[[nodiscard]] winner_assessment assess_winner(const experiment& of, const assessments& met);

}  // namespace millrace::iter8
