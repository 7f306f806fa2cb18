#pragma once

#include "proxy/rollout/forecast.hpp"

#include <string>
#include <vector>

namespace millrace::app {

/// A line for each metric and step: how many requests, and so how much time, its evidence takes.
/// @param requests_per_hour  of the primary and the candidates together, > 0
[[nodiscard]] std::string forecast_text(
    const std::vector<rollout::metric_forecast>& all, double requests_per_hour
);

}  // namespace millrace::app
