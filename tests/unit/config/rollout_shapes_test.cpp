#include "proxy/config/dump.hpp"

#include "tests/unit/config/load_support.hpp"
#include "tests/unit/config/rollout_support.hpp"

#include <catch2/catch.hpp>

using namespace millrace::config;
using namespace millrace::config::test;
using namespace millrace::rollout;
using namespace std::chrono_literals;

namespace {

const std::string least = "candidate: b, guardrails: [{metric: error_rate}]";

/// With a key beside the least that a rollout needs.
std::string errors_with(const std::string& keys) {
    return rollout_errors(least + ", " + keys);
}

}  // namespace

TEST_CASE("a rollout needs a candidate and a guardrail", "[config][rollout]") {
    auto const rollout = loaded_rollout(least);

    CHECK(rollout.candidates == std::vector<std::string>{"b"});
    CHECK(rollout.guardrails == std::vector<guardrail_params>{{}});
    CHECK(
        rollout_errors("") ==
        "f:4:104: routes[0].rollout: expected one of candidate or candidates, got none\n"
    );
    CHECK(
        rollout_errors("candidate: b") ==
        "f:4:104: routes[0].rollout: expected 'guardrails' with one that decides\n"
    );
    CHECK_FALSE(rollout_errors("candidate: b, guardrails: []").empty());
    CHECK_FALSE(errors_with("candidates: [c]").empty());
}

TEST_CASE("what is not said stays as the params have it", "[config][rollout]") {
    params expected;
    expected.primary = "a";
    expected.candidates = {"b"};
    expected.guardrails = {{}};

    CHECK(loaded_rollout(least) == expected);
}

TEST_CASE("every key of a rollout is read", "[config][rollout]") {
    auto const rollout = loaded_rollout(
        "candidates: [b, c], primary: a, strategy: progressive, steps: [1, 2.5, 45, 100], "
        "advance: soak, soak: 10m, guardrails: [{metric: error_rate}, {metric: latency_p99}], "
        "rollback_alpha: 0.02, promote_alpha: 0.05, step_outcomes_min: 100, horizon: 7d, "
        "approve: {start: true, promotion: true}, assignment_grace: 30s, "
        "rewards: [{name: clicks}], route_guard: {max_error_rate: 0.2}"
    );

    CHECK(rollout.candidates == std::vector<std::string>{"b", "c"});
    CHECK(rollout.primary == "a");
    CHECK(rollout.steps == std::vector<double>{1, 2.5, 45, 100});
    CHECK(rollout.advance == step_rule::soak);
    CHECK(rollout.soak == 10min);
    CHECK(rollout.guardrails.size() == 2);
    CHECK(rollout.rollback_alpha == 0.02);
    CHECK(rollout.promote_alpha == 0.05);
    CHECK(rollout.step_outcomes_min == 100);
    CHECK(rollout.horizon == 7 * 24h);
    CHECK(rollout.approve_start);
    CHECK(rollout.approve_promotion);
    CHECK(rollout.assignment_grace == 30s);
    CHECK(rollout.rewards == std::vector<reward_params>{{.name = "clicks"}});
    CHECK(rollout.route_guard == route_guard_params{.max_error_rate = 0.2});
}

TEST_CASE("a rollout belongs to its route and to no other", "[config][rollout]") {
    auto const read = loaded(
        with_split_route("match: {path: /x}, rollout: {" + least + "}") +
        "- {name: other, backend_refs: [{backend: a}]}"
    );

    CHECK(read.rollouts.size() == 1);
    CHECK(read.rollouts.contains("r"));
    CHECK(read.table.routes.size() == 2);
    CHECK(read.table.routes[0].backend_refs.size() == 3);
}

TEST_CASE("strategies that are not built yet are refused as such", "[config][rollout]") {
    CHECK_THAT(
        errors_with("strategy: mirror_first"),
        Catch::Contains("'mirror_first', which is not built yet in this version")
    );
    CHECK_THAT(errors_with("strategy: progresive"), Catch::Contains("did you mean 'progressive'?"));
}

TEST_CASE("values of a rollout stay within their ranges", "[config][rollout]") {
    for (auto const* keys :
         {"steps: []",
          "steps: [0.5, 100]",
          "steps: [5, 101]",
          "steps: 5",
          "rollback_alpha: 0",
          "promote_alpha: 0.6",
          "step_outcomes_min: 0",
          "horizon: 400d",
          "soak: 5",
          "approve: true",
          "approve: {begin: true}",
          "assignment_grace: 2d",
          "advance: time",
          "gaurdrails: []"}) {
        INFO(keys);
        CHECK_FALSE(errors_with(keys).empty());
    }
    CHECK_FALSE(rollout_errors(
                    "candidates: [a, b, c, d, e, f, g, h, i], guardrails: [{metric: error_rate}]"
    )
                    .empty());
}

TEST_CASE("loading the dump of a rollout gives the same one", "[config][rollout]") {
    for (auto const* keys :
         {"candidate: b, guardrails: [{metric: error_rate, floor: 0.01}]",
          "candidates: [b, c], primary: a, steps: [2.5, 100], advance: soak, soak: 90s, "
          "guardrails: [{metric: latency_p99.9, slo: 300ms}, {metric: first_byte_p50, age: 2s}]",
          "candidates: [b, c], strategy: abn, rewards: [{name: x, min: -1, better: lower}]",
          "candidate: b, strategy: bandit, steps: [20], rewards: [{name: x}], bandit: {batch: 5m}, "
          "guardrails: [{metric: error_rate}], route_guard: {max_error_rate: 0.2}",
          "candidate: b, strategy: blue_green, steps: [50], rollback_alpha: 0.001, "
          "guardrails: [{metric: latency_p99, slo: 1s, max_ratio: 1.5, rollback_ratio: 1.1}]"}) {
        INFO(keys);
        auto const first = loaded(with_split_route(
            "labels: {score: {header: x-score}}, rollout: {" + std::string{keys} + "}"
        ));
        auto const dump = dump_yaml(first);
        INFO(dump);
        auto const second = loaded(dump);

        CHECK(second.rollouts == first.rollouts);
        CHECK(dump_yaml(second) == dump);
    }
}
