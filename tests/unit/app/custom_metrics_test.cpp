#include "proxy/app/custom_metrics.hpp"

#include "proxy/metrics/exposition.hpp"

#include <catch2/catch.hpp>

using namespace millrace;
using namespace millrace::app;
using namespace std::chrono_literals;

namespace {

rollout::params some_params() {
    rollout::params made;
    made.primary = "v1";
    made.candidates = {"v2"};
    made.objectives = {{.metric = "latency", .upper_limit = 1.0}};
    made.indicators = {"revenue"};
    made.variables = {{"v2", {{"revision", "r2"}}}};
    return made;
}

}  // namespace

TEST_CASE("a rollout watches its metrics for all of its versions", "[app][rollout]") {
    auto const watch = watch_of("risk", some_params());

    CHECK(watch.route == "risk");
    CHECK(watch.metrics == std::vector<std::string>{"latency", "revenue"});
    REQUIRE(watch.versions.size() == 2);
    CHECK(watch.versions[0].name == "v1");
    CHECK(watch.versions[0].variables.empty());
    CHECK(watch.versions[1].variables == std::vector<providers::named_text>{{"revision", "r2"}});
}

TEST_CASE("readings come by metric and arm, also before anything was fetched", "[app][rollout]") {
    custom_metrics all;
    all.configure({});

    auto const readings = all.readings("risk", some_params(), 0ms, clock::now());

    REQUIRE(readings.size() == 2);
    CHECK(readings[1].metric == 1);
    REQUIRE(readings[1].versions.size() == 2);
    CHECK(readings[1].versions[1].state == rollout::reading_state::no_value);
}

TEST_CASE("without fetches nothing is shown of them", "[app]") {
    custom_metrics const all;
    metrics::registry registry;

    all.report_to(registry);

    CHECK(metrics::text_exposition(registry, {}).find("custom_metric") == std::string::npos);
}
