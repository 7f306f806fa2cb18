#include "proxy/rollout/readiness.hpp"

#include "tests/unit/rollout/support.hpp"

#include <catch2/catch.hpp>

namespace millrace::rollout {

namespace {

params with_reward() {
    auto chosen = errors_only();
    chosen.rewards = {{.name = "clicks"}};
    return chosen;
}

}  // namespace

TEST_CASE("a candidate without a metric that decides is ready for nothing", "[rollout]") {
    auto chosen = errors_only();
    chosen.guardrails[0].role = metric_role::indicator;
    auto const evidence = all_proven(chosen);

    CHECK_FALSE(may_step(evidence.candidates[0], chosen));
    CHECK_FALSE(is_proven(evidence.candidates[0], chosen, evidence));
    CHECK_FALSE(is_mirrored_well(evidence.candidates[0], chosen));
    CHECK(missing_evidence(evidence.candidates[0], "v2", chosen, evidence).empty());
}

TEST_CASE("each metric that lacks something is named with what it lacks", "[rollout]") {
    auto const chosen = with_reward();
    auto const evidence = some_evidence(chosen);

    auto const text = missing_evidence(evidence.candidates[0], "v2", chosen, evidence);

    CHECK(text.find("v2: error_rate: log E 1.00 of 5.30") == 0);
    CHECK(text.find("; v2: clicks: log E 1.00 of 5.30") != std::string::npos);
    auto const proven = all_proven(chosen);
    CHECK(missing_evidence(proven.candidates[0], "v2", chosen, proven).empty());
    CHECK(is_proven(proven.candidates[0], chosen, proven));
}

TEST_CASE("rewards are compared by the first that decides", "[rollout]") {
    auto chosen = with_reward();
    chosen.rewards.insert(chosen.rewards.begin(), {.name = "seen", .role = metric_role::indicator});
    auto evidence = no_evidence(chosen);
    evidence.candidates[0].rewards[0].candidate = {9, 9, 9};
    evidence.candidates[0].rewards[1].candidate = {3, 1.5, 1.5};

    CHECK(mean_reward(evidence.candidates[0]) == 0.5);
    CHECK(mean_reward(no_evidence(errors_only()).candidates[0]) == 0);
}

}  // namespace millrace::rollout
