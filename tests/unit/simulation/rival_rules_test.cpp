#include "proxy/simulation/rival_rules.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace millrace::simulation {

namespace {

constexpr measurement good{.canary_errors = 0.001, .baseline_errors = 0.001};
constexpr measurement bad{.canary_errors = 0.02, .baseline_errors = 0.001};
constexpr measurement none{};

/// The weights of a canary that passes every check, until its verdict.
std::vector<std::uint32_t> weights_of(const flagger_rule::params& chosen) {
    flagger_rule rule{chosen};
    std::vector<std::uint32_t> weights;
    while (rule.verdict() == rollout::verdict::running) {
        weights.push_back(rule.weight());
        rule.observe(good);
    }
    CHECK(rule.verdict() == rollout::verdict::successful);
    return weights;
}

template <class Rule>
rollout::verdict after(Rule rule, const std::vector<measurement>& seen) {
    for (auto const& each : seen) {
        rule.observe(each);
    }
    return rule.verdict();
}

}  // namespace

// The canary's weights of Flagger's own scheduler tests (pkg/controller/scheduler_svc_test.go).
TEST_CASE(
    "Flagger's weights rise by steps, beyond the maximum if they do not meet it", "[simulation]"
) {
    CHECK(
        weights_of({.step_weight = 20, .max_weight = 50}) == std::vector<std::uint32_t>{20, 40, 60}
    );
    CHECK(
        weights_of({.step_weight = 50, .max_weight = 100}) == std::vector<std::uint32_t>{50, 100}
    );
    CHECK(weights_of({}).size() == 10);
}

TEST_CASE("Flagger's failures add up over the whole rollout", "[simulation]") {
    flagger_rule const rule{{.threshold = 3}};
    CHECK(after(rule, {bad, good, bad, good, good}) == rollout::verdict::running);
    CHECK(after(rule, {bad, good, bad, good, bad}) == rollout::verdict::failed);
    CHECK(after(rule, {none, none, none}) == rollout::verdict::failed);
}

// Argo's own table (analysis/analysis_test.go, TestAssessMetricStatusFailureLimit, CountReached).
TEST_CASE("Argo fails above its limit and succeeds at its count", "[simulation]") {
    argo_rule const two{{.failure_limit = 2}};
    CHECK(after(two, {bad, bad}) == rollout::verdict::running);
    CHECK(after(two, {bad, bad, bad}) == rollout::verdict::failed);
    argo_rule const three{{.failure_limit = 3}};
    CHECK(after(three, {bad, bad, bad}) == rollout::verdict::running);
    CHECK(after(three, std::vector(9, good)) == rollout::verdict::running);
    CHECK(after(three, std::vector(10, good)) == rollout::verdict::successful);
}

// TestAssessMetricStatusConsecutiveErrors: the fifth one in a row is an error, the fourth is not.
TEST_CASE("Argo ends with an error after five measurements without a value", "[simulation]") {
    CHECK(after(argo_rule{{}}, std::vector(4, none)) == rollout::verdict::running);
    CHECK(after(argo_rule{{}}, std::vector(5, none)) == rollout::verdict::error);
    CHECK(after(argo_rule{{}}, {none, none, good, none, none, none}) == rollout::verdict::running);
}

TEST_CASE("Kayenta compares both series once, at the end", "[simulation]") {
    kayenta_rule rule{{.points = 10}};
    std::vector<measurement> higher;
    std::vector<measurement> equal;
    for (int i = 0; i < 10; ++i) {
        auto const noise = 0.0001 * i;
        higher.push_back({.canary_errors = 0.02 + noise, .baseline_errors = 0.01 + noise});
        equal.push_back({.canary_errors = 0.01 + noise, .baseline_errors = 0.0109 - noise});
    }

    CHECK(after(rule, {higher.begin(), higher.end() - 1}) == rollout::verdict::running);
    CHECK(after(rule, higher) == rollout::verdict::failed);
    CHECK(after(rule, equal) == rollout::verdict::successful);
    CHECK(after(rule, std::vector(10, none)) == rollout::verdict::inconclusive);
}

TEST_CASE("a rule that has decided looks at nothing any more", "[simulation]") {
    argo_rule rule{{.count = 1}};
    rule.observe(good);
    rule.observe(bad);
    CHECK(rule.verdict() == rollout::verdict::successful);
}

}  // namespace millrace::simulation
