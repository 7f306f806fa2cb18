#include "proxy/app/custom_metric_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <string_view>

namespace millrace::app {

namespace json = boost::json;

namespace {

std::string_view text(const json::object& of, std::string_view key) {
    auto const& value = of.at({key.data(), key.size()}).as_string();
    return {value.data(), value.size()};
}

/// "412.95", or "412.95 (stale)", or the state alone.
std::string reading(const json::object& of) {
    auto const state = text(of, "state");
    auto const& value = of.at("value");
    if (!value.is_number()) {
        return std::string{state};
    }
    auto const number = fmt::format("{:g}", value.to_number<double>());
    return state == "fresh" ? number : fmt::format("{} ({})", number, state);
}

}  // namespace

std::string custom_metric_lines(const json::object& candidate, bool open) {
    std::string lines;
    auto const* all = candidate.if_contains("metrics");
    if (all == nullptr) {
        return lines;
    }
    for (auto const& each : all->as_array()) {
        auto const& metric = each.as_object();
        lines += fmt::format(
            "    {} {}: {}, of the primary {}\n",
            text(metric, "role"),
            text(metric, "name"),
            reading(metric.at("candidate").as_object()),
            reading(metric.at("primary").as_object())
        );
        if (open && !metric.at("holds").as_bool()) {
            lines += fmt::format("      missing: {}\n", text(metric, "lack"));
        }
    }
    return lines;
}

}  // namespace millrace::app
