#include "proxy/config/rollout_metric_shapes.hpp"

#include "proxy/config/dump.hpp"

#include "tests/unit/config/load_support.hpp"
#include "tests/unit/config/rollout_support.hpp"

#include <catch2/catch.hpp>

using namespace millrace::config;
using namespace millrace::config::test;
using namespace millrace::rollout;

namespace {

constexpr const char* metrics = "\ncustom_metrics: {m: {url: 'http://p', jq: .}}\n";

std::string with_keys(const std::string& keys) {
    return with_split_route(
               "rollout: {candidate: b, guardrails: [{metric: error_rate}], " + keys + "}"
           ) +
           metrics;
}

params rollout(const std::string& keys) {
    return loaded(with_keys(keys)).rollouts.at("r");
}

bool refused(const std::string& keys, std::string_view part) {
    auto const errors = errors_of(with_keys(keys));
    INFO(errors);
    return errors.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("an objective is a metric with limits", "[config][rollout]") {
    auto const read = rollout(
        "objectives: [{metric: m, upper_limit: 420, lower_limit: -0.5, max_ratio: 1.2, "
        "sample_size_min: 100}], indicators: [m]"
    );

    CHECK(
        read.objectives ==
        std::vector<objective_params>{
            {.metric = "m",
             .upper_limit = 420.0,
             .lower_limit = -0.5,
             .max_ratio = 1.2,
             .sample_size_min = 100}}
    );
    CHECK(read.indicators == std::vector<std::string>{"m"});
    CHECK(refused("objectives: [{metric: m}]", "expected upper_limit, lower_limit or max_ratio"));
    CHECK(refused("objectives: [{upper_limit: 1}]", "expected the key 'metric'"));
    CHECK(refused("objectives: [{metric: m, max_ratio: 0}]", "max_ratio"));
}

TEST_CASE("variables belong to versions of the rollout", "[config][rollout]") {
    auto const read = rollout("primary: a, variables: {b: {revision: iris-2, port: 80}}");

    CHECK(
        read.variables ==
        std::vector<version_variables>{{"b", {{"revision", "iris-2"}, {"port", "80"}}}}
    );
    CHECK(refused(
        "primary: a, variables: {c: {x: y}}",
        "rollout.variables.c: expected a version of the rollout, got 'c'"
    ));
    CHECK(refused("variables: {b: {x-y: z}}", "letters, digits and '_'"));
    CHECK(refused("variables: {b: {x: [z]}}", "expected text"));
}

TEST_CASE("what a rollout says about metrics is part of its identity", "[config][rollout]") {
    auto const one = rollout("objectives: [{metric: m, upper_limit: 420}]");
    auto other = one;
    other.objectives[0].upper_limit = 421;

    CHECK(dump_json(one) != dump_json(other));
    CHECK(dump_json(one).find("\"objectives\"") != std::string::npos);
}
