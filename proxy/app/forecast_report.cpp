#include "proxy/app/forecast_report.hpp"

#include <fmt/format.h>

#include <optional>

namespace millrace::app {

namespace {

std::string cost_text(const std::optional<double>& requests, double requests_per_hour) {
    if (!requests) {
        return "never";
    }
    return fmt::format(
        "{:.0f} requests, {}", *requests, rollout::time_text(*requests, requests_per_hour)
    );
}

}  // namespace

std::string forecast_text(
    const std::vector<rollout::metric_forecast>& all, double requests_per_hour
) {
    auto text = fmt::format(
        "{:<18} {:>7}  {:<24} {:<34} {}\n", "metric", "share", "harm", "found after", "proven after"
    );
    for (auto const& each : all) {
        text += fmt::format(
            "{:<18} {:>5.3g} %  {:<24} {:<34} {}\n",
            each.name,
            each.share,
            each.harm,
            cost_text(each.requests_to_rollback, requests_per_hour),
            cost_text(each.requests_to_promotion, requests_per_hour)
        );
    }
    return text;
}

}  // namespace millrace::app
