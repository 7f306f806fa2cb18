#include "tests/unit/config/load_support.hpp"
#include "tests/unit/config/rollout_support.hpp"

#include <catch2/catch.hpp>

using namespace millrace::config::test;
using namespace millrace::rollout;
using namespace std::chrono_literals;

namespace {

guardrail_params guardrail(const std::string& keys) {
    return loaded_rollout("candidate: b, guardrails: [{" + keys + "}]").guardrails.at(0);
}

/// Errors of a rollout whose only guardrail has its keys from column 133 of line 4 on.
std::string errors(const std::string& keys) {
    return rollout_errors("candidate: b, guardrails: [{" + keys + "}]");
}

}  // namespace

TEST_CASE("a metric's name says what it is and which quantile", "[config][rollout]") {
    CHECK(guardrail("metric: error_rate").kind == metric_kind::error_rate);
    CHECK(guardrail("metric: latency_p50").kind == metric_kind::latency);
    CHECK(guardrail("metric: latency_p50").quantile == 0.5);
    CHECK(guardrail("metric: latency_p99.9").quantile == Approx(0.999));
    CHECK(guardrail("metric: latency_p5").quantile == Approx(0.05));
    CHECK(guardrail("metric: first_byte_p95").kind == metric_kind::first_byte);
}

TEST_CASE("what is no metric is told with the nearest one", "[config][rollout]") {
    CHECK(
        errors("metric: error_rates") ==
        "f:4:141: routes[0].rollout.guardrails[0].metric: expected error_rate, accuracy, or a "
        "quantile such as latency_p99 or first_byte_p95, got 'error_rates'; did you mean "
        "'error_rate'?\n"
    );
    for (auto const* name :
         {"latency",
          "latency_p0",
          "latency_p100",
          "latency_p099",
          "latency_p99.",
          "latency_p99.9999",
          "latency_p-1",
          "latency_99",
          "Latency_p99",
          "p99",
          "5",
          "[]"}) {
        INFO(name);
        CHECK_THAT(
            errors(std::string{"metric: "} + name), Catch::Contains("or a quantile such as")
        );
    }
    CHECK_THAT(errors("metric: latency_99"), Catch::Contains("did you mean 'latency_p99'?"));
    CHECK_THAT(errors("max_ratio: 2"), Catch::Contains("expected the key 'metric', got none"));
}

TEST_CASE("a guardrail has margins, an objective and an age", "[config][rollout]") {
    auto const errors_of_it =
        guardrail("metric: error_rate, max_ratio: 2, floor: 0.01, rollback_ratio: 1.25, age: 5s");
    auto const latency = guardrail("metric: latency_p99, max_ratio: 1.1, slo: 300ms");

    CHECK(errors_of_it.max_ratio == 2.0);
    CHECK(errors_of_it.floor == 0.01);
    CHECK(errors_of_it.rollback_ratio == 1.25);
    CHECK(errors_of_it.age == 5s);
    CHECK(latency.max_ratio == 1.1);
    CHECK(latency.slo == 300ms);
    CHECK_FALSE(guardrail("metric: latency_p99").max_ratio);
    CHECK_FALSE(guardrail("metric: latency_p99").age);
}

TEST_CASE("a key that does not fit the metric is refused", "[config][rollout]") {
    CHECK(
        errors("floor: 0.1, metric: latency_p99") ==
        "f:4:133: routes[0].rollout.guardrails[0].floor: expected 'floor' only with the metric "
        "error_rate\n"
    );
    CHECK_THAT(
        errors("metric: error_rate, slo: 1s"),
        Catch::Contains("expected 'slo' only with a quantile of latency or first_byte")
    );
    CHECK_THAT(
        errors("metric: latency_p99, slo: 1s, rollback_ratio: 2"),
        Catch::Contains("expected 'rollback_ratio' only with max_ratio, since an slo alone")
    );
    CHECK(errors("metric: latency_p99, slo: 1s, rollback_ratio: 2, max_ratio: 1.2").empty());
}

TEST_CASE("numbers of a guardrail stay within their ranges", "[config][rollout]") {
    for (auto const* keys :
         {"max_ratio: 1",
          "max_ratio: 10.5",
          "rollback_ratio: 0.9",
          "rollback_ratio: 21",
          "floor: 0",
          "floor: 0.6",
          "age: 100ms",
          "age: 2h",
          "age: 5"}) {
        INFO(keys);
        CHECK_FALSE(errors(std::string{"metric: error_rate, "} + keys).empty());
    }
}

TEST_CASE("accuracy has a margin in points and an age of labels", "[config][rollout]") {
    auto const loaded_one = loaded(with_split_route(
        "labels: {label: {header: x}}, rollout: {candidate: c, guardrails: [{metric: accuracy, "
        "max_drop: 0.05, label_age: 5m}]}"
    ));
    auto const& guardrail = loaded_one.rollouts.at("r").guardrails.front();

    CHECK(guardrail.kind == metric_kind::accuracy);
    CHECK(guardrail.max_drop == 0.05);
    CHECK(guardrail.age == std::chrono::minutes{5});
    for (auto const* const keys : {"max_ratio: 1.5, slo: 1s", "age: 1s", "floor: 0.1"}) {
        INFO(keys);
        CHECK_FALSE(errors(std::string{"metric: accuracy, "} + keys).empty());
    }
    CHECK_FALSE(errors("metric: error_rate, label_age: 1m").empty());
}
