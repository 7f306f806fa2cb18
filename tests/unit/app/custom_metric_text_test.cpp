#include "proxy/app/custom_metric_text.hpp"

#include "proxy/admin/custom_metric_rendering.hpp"

#include <catch2/catch.hpp>

using namespace millrace;
using rollout::reading_state;

TEST_CASE("a metric's line tells value, state and what is missing", "[app][rollout]") {
    rollout::candidate_assessment one;
    one.metrics.push_back(
        {.name = "latency",
         .is_objective = true,
         .primary = {reading_state::fresh, 419.2, {}},
         .candidate = {reading_state::stale, 426.95, {}},
         .holds = false,
         .lack = "latency: stale"}
    );
    one.metrics.push_back({.name = "revenue", .primary = {}, .candidate = {}, .lack = {}});

    boost::json::object const candidate{{"metrics", admin::rendering::metrics_of(one)}};

    CHECK(
        app::custom_metric_lines(candidate, true) ==
        "    objective latency: 426.95 (stale), of the primary 419.2\n"
        "      missing: latency: stale\n"
        "    indicator revenue: no value, of the primary no value\n"
    );
    CHECK(app::custom_metric_lines({}, true).empty());
    CHECK(app::custom_metric_lines(candidate, false).find("missing") == std::string::npos);
}
