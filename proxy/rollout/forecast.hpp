#pragma once

#include "proxy/rollout/params.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace millrace::rollout {

/// What is assumed of the route before anything was counted.
struct forecast_world {
    double error_rate = 0.01;  ///< of the primary, in (0, .5)
    double wrong_rate = 0.1;   ///< of the primary's labels, in (0, .5)
    double reward_mean = 0.5;  ///< of the primary's values, in (0, 1)
    double reward_sd = 0.25;   ///< of values within an arm, in (0, .5]
};

/// How much evidence one metric will take in one weight step: means of processes that know their
/// bet; what learns on the way takes 10 to 25 % more.
struct metric_forecast {
    std::string name;
    double share = 50;  ///< percent of each candidate
    std::string harm;   ///< the harm that `requests_to_rollback` is about: "1 -> 2 %"
    /// Of primary and candidate together (labels, scores: as many of them), until the harm is
    /// proven; nothing when no number of them proves it.
    std::optional<double> requests_to_rollback;
    /// Until an equal candidate is proven (of a reward: one that is better by a tenth); nothing
    /// when it never is.
    std::optional<double> requests_to_promotion;
};

/// What a rollout asks of the traffic, by metric and by weight step that something can be compared
/// in. Metrics that do not decide are left out. Pure; tells nothing of units that come back.
/// @param total_timeout  of the route, > 0
[[nodiscard]] std::vector<metric_forecast> forecast_of(
    const params& chosen, milliseconds total_timeout, const forecast_world& world = {}
);

/// "12 minutes", "3.2 hours", "25 days": how long so many requests take.
/// @param requests_per_hour  > 0
[[nodiscard]] std::string time_text(double requests, double requests_per_hour);

}  // namespace millrace::rollout
