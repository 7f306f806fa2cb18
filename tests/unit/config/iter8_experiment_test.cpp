#include "proxy/config/iter8_loader.hpp"

#include <catch2/catch.hpp>

using namespace millrace;
using namespace millrace::config;

namespace {

constexpr const char* canary = R"(
apiVersion: iter8.tools/v2alpha2
kind: Experiment
metadata: {name: exp, namespace: default}
spec:
  target: default/my-model
  strategy:
    testingPattern: Canary
    deploymentPattern: BlueGreen
    weights: {maxCandidateWeight: 80, maxCandidateWeightIncrement: 20}
    actions: {start: [{task: kfserving/setup-experiment}]}
  versionInfo:
    baseline: {name: baseline, variables: [{name: revision, value: v1}]}
    candidates: [{name: candidate, weightObjRef: {kind: VirtualService, fieldPath: .spec}}]
  criteria:
    requestCount: request-count
    indicators: [95th-percentile-tail-latency]
    objectives:
    - {metric: mean-latency, upperLimit: 1000}
    - {metric: error-rate, upperLimit: "0.01", lowerLimit: 1m, rollback_on_failure: true}
  duration: {intervalSeconds: 15, iterationsPerLoop: 12}
status:
  currentWeightDistribution: [{name: baseline, value: 70}, {name: candidate, value: 30}]
  analysis:
    aggregatedMetrics:
      data:
        mean-latency: {data: {baseline: {value: "419.2"}, candidate: {value: null}}}
)";

std::string errors(const std::string& spec) {
    auto const read = load_iter8_experiment("{spec: {" + spec + "}}", "f");
    return read ? "" : to_text(read.error());
}

std::string with(const std::string& pattern, const std::string& candidates) {
    return "strategy: {testingPattern: " + pattern +
           "}, versionInfo: {baseline: {name: a}, candidates: [" + candidates + "]}";
}

}  // namespace

TEST_CASE("an experiment is read with its status", "[config][iter8]") {
    auto const read = load_iter8_text(canary, "f");
    INFO((read ? "" : to_text(read.error())));
    REQUIRE(read.has_value());
    auto const& one = read->experiments.at(0);

    CHECK(one.name == "exp");
    CHECK(one.space == "default");
    CHECK(one.testing == iter8::testing_pattern::canary);
    CHECK(one.deployment == iter8::deployment_pattern::blue_green);
    CHECK(one.weights == iter8::weight_limits{80.0, 20.0});
    CHECK(one.has_actions);
    REQUIRE(one.versions.size() == 2);
    CHECK(one.versions[0].variables == std::vector<iter8::variable>{{"revision", "v1"}});
    CHECK(one.objectives[1].upper_limit == 0.01);
    CHECK(one.objectives[1].lower_limit == 0.001);
    CHECK(one.objectives[1].rollback_on_failure == true);
    CHECK(one.indicators == std::vector<std::string>{"95th-percentile-tail-latency"});
    CHECK(one.duration.iterations_per_loop == 12);
    CHECK(one.duration.loops_max == 1);
    CHECK(one.current_weights == std::vector<double>{70, 30});
    REQUIRE(one.values.size() == 2);
    CHECK(one.values[0].number == 419.2);
    CHECK_FALSE(one.values[1].number);
}

TEST_CASE("rewards have a direction", "[config][iter8]") {
    auto const read = load_iter8_experiment(
        "{spec: {" + with("A/B", "{name: b}") +
            ", criteria: {rewards: [{metric: r, preferredDirection: Low}]}}}",
        "f"
    );
    REQUIRE(read.has_value());
    CHECK(read->experiments[0].rewards.at(0).preferred == iter8::direction::low);
    CHECK_FALSE(read->experiments[0].has_objectives);
}

TEST_CASE("a pattern has its number of candidates", "[config][iter8]") {
    CHECK(errors(with("Canary", "{name: b}")).empty());
    CHECK(errors(with("A/B/N", "{name: b}, {name: c}")).empty());
    CHECK(errors(with("Conformance", "")).empty());
    CHECK(errors(with("Conformance", "{name: b}")).find("no candidate") != std::string::npos);
    CHECK(errors(with("Canary", "")).find("one candidate") != std::string::npos);
    CHECK(errors(with("A/B", "{name: b}, {name: c}")).find("one candidate") != std::string::npos);
    CHECK(errors(with("A/B/N", "")).find("at least one candidate") != std::string::npos);
    CHECK(errors(with("Canary", "{name: a}")).find("names of their own") != std::string::npos);
}

TEST_CASE("what is missing or wrong is told with its place", "[config][iter8]") {
    CHECK(errors("").find("expected the key 'strategy'") != std::string::npos);
    CHECK(
        errors("strategy: {testingPattern: Canary}").find("expected the key 'versionInfo'") !=
        std::string::npos
    );
    CHECK(errors(with("Canari", "{name: b}")).find("did you mean") != std::string::npos);
    CHECK(
        errors(
            with("Canary", "{name: b}") + ", criteria: {objectives: [{metric: m, upperLimit: x}]}"
        )
            .find("spec.criteria.objectives[0].upperLimit: expected a quantity") !=
        std::string::npos
    );
    CHECK_FALSE(load_iter8_experiment("{}", "f").has_value());
    CHECK_FALSE(load_iter8_experiment("[]", "f").has_value());
}
