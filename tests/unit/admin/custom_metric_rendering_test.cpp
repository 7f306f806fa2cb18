#include "proxy/admin/custom_metric_rendering.hpp"

#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

using namespace millrace;
using rollout::reading_state;

TEST_CASE("a custom metric is told with its states, values and what it lacks", "[admin][rollout]") {
    rollout::candidate_assessment one;
    one.metrics.push_back(
        {.name = "latency",
         .is_objective = true,
         .primary = {reading_state::provider_down, 0, {}},
         .candidate = {reading_state::fresh, 12.5, 300.0},
         .holds = false,
         .lack = "latency: of the primary: provider down"}
    );

    CHECK(
        boost::json::serialize(admin::rendering::metrics_of(one)) ==
        R"([{"name":"latency","role":"objective",)"
        R"("primary":{"state":"provider down","value":null,"sample_size":null},)"
        R"("candidate":{"state":"fresh","value":1.25E1,"sample_size":3E2},)"
        R"("holds":false,"lack":"latency: of the primary: provider down"}])"
    );
    CHECK(admin::rendering::metrics_of({}).empty());
}
