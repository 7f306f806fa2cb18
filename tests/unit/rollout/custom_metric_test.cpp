#include "proxy/rollout/custom_metric.hpp"

#include "tests/unit/rollout/support.hpp"

#include <catch2/catch.hpp>

namespace millrace::rollout {

namespace {

version_reading fresh(double value) {
    return {.state = reading_state::fresh, .value = value, .sample_size = {}};
}

version_reading in_state(reading_state state) {
    return {.state = state, .value = 0, .sample_size = {}};
}

params with_objective(objective_params objective) {
    auto chosen = errors_only();
    chosen.objectives.push_back(std::move(objective));
    return chosen;
}

const params latency_limit = with_objective({.metric = "latency", .upper_limit = 420});

metric_assessment assess_one(
    const params& chosen, const version_reading& primary, const version_reading& candidate
) {
    return assess_metrics(chosen, {{0, {primary, candidate}}}, 0).at(0);
}

}  // namespace

TEST_CASE("limits belong to what an objective allows", "[rollout]") {
    CHECK(assess_one(latency_limit, fresh(1), fresh(420)).holds);
    auto const above = assess_one(latency_limit, fresh(1), fresh(426.95));
    CHECK_FALSE(above.holds);
    CHECK(above.lack == "latency: 426.95, more than 420");

    auto const least = with_objective({.metric = "latency", .lower_limit = 10});
    CHECK(assess_one(least, fresh(1), fresh(10)).holds);
    CHECK(assess_one(least, fresh(1), fresh(9)).lack == "latency: 9, less than 10");
}

TEST_CASE("every state but fresh keeps an objective from holding", "[rollout]") {
    for (auto const state :
         {reading_state::stale,
          reading_state::no_value,
          reading_state::provider_down,
          reading_state::slow,
          reading_state::wrong}) {
        auto const seen = assess_one(latency_limit, fresh(1), in_state(state));
        INFO(name_of(state));
        CHECK_FALSE(seen.holds);
        CHECK(seen.lack == "latency: " + std::string{name_of(state)});
    }
    CHECK_FALSE(assess_metrics(latency_limit, {}, 0).at(0).holds);
}

TEST_CASE("a ratio needs the primary's value", "[rollout]") {
    auto const ratio = with_objective({.metric = "cost", .max_ratio = 1.5});

    CHECK(assess_one(ratio, fresh(2), fresh(3)).holds);
    CHECK_FALSE(assess_one(ratio, fresh(2), fresh(3.01)).holds);
    CHECK(
        assess_one(ratio, in_state(reading_state::slow), fresh(1)).lack ==
        "cost: of the primary: slow"
    );
}

TEST_CASE("a small sample is not enough", "[rollout]") {
    auto const chosen =
        with_objective({.metric = "m", .upper_limit = 1, .max_ratio = {}, .sample_size_min = 100});
    auto candidate = fresh(0.5);
    CHECK_FALSE(assess_one(chosen, fresh(1), candidate).holds);

    candidate.sample_size = 99;
    CHECK(assess_one(chosen, fresh(1), candidate).lack == "m: a sample of 99, fewer than 100");
    candidate.sample_size = 100;
    CHECK(assess_one(chosen, fresh(1), candidate).holds);
}

TEST_CASE("an indicator is shown and stands in nobody's way", "[rollout]") {
    auto chosen = latency_limit;
    chosen.indicators = {"revenue"};
    CHECK(watched_metrics(chosen) == std::vector<std::string>{"latency", "revenue"});

    auto const all = assess_metrics(chosen, {{0, {fresh(1), fresh(1)}}}, 0);

    REQUIRE(all.size() == 2);
    CHECK_FALSE(all[1].is_objective);
    CHECK(all[1].candidate.state == reading_state::no_value);
    CHECK(all_hold(all));
}

TEST_CASE("an objective stops steps and promotion, and no rollback", "[rollout]") {
    auto chosen = latency_limit;
    auto const state = in_first_step(chosen);
    auto evidence = some_evidence(chosen);
    evidence.candidates[0].metrics = assess_metrics(chosen, {}, 0);

    CHECK(step(chosen, state, evidence, {}, milliseconds{1}).decisions.empty());
    evidence.candidates[0].metrics = assess_metrics(chosen, {{0, {fresh(1), fresh(1)}}}, 0);
    CHECK(
        reasons_of(step(chosen, state, evidence, {}, milliseconds{1}).decisions) ==
        std::vector{reason::step_opened}
    );

    chosen.strategy = strategy::fixed_split;
    chosen.steps = {50};
    auto proven = all_proven(chosen);
    proven.candidates[0].metrics = assess_metrics(chosen, {}, 0);
    CHECK(step(chosen, state, proven, {}, milliseconds{1}).decisions.empty());
    auto const harmed = harm_in(proven, 0);
    CHECK(
        reasons_of(step(chosen, state, harmed, {}, milliseconds{1}).decisions) ==
        std::vector{reason::guardrail_violated}
    );
}

TEST_CASE("readings are remembered until others come", "[rollout]") {
    experiment running{latency_limit, milliseconds{1'000}};
    input told;
    told.readings = {{0, {fresh(1), fresh(2)}}};

    auto const first = running.advance(told);
    auto const second = running.advance({});

    CHECK(first.evidence.candidates[0].metrics[0].candidate.value == 2);
    CHECK(second.evidence.candidates[0].metrics == first.evidence.candidates[0].metrics);
}

TEST_CASE("what a horizon finds open names the objectives", "[rollout]") {
    auto chosen = latency_limit;
    chosen.horizon = milliseconds{10};
    auto evidence = some_evidence(chosen);
    evidence.candidates[0].metrics = assess_metrics(chosen, {}, 0);

    auto const came = step(chosen, in_first_step(chosen), evidence, {}, milliseconds{10});

    REQUIRE(reasons_of(came.decisions) == std::vector{reason::horizon_passed});
    CHECK(came.decisions[0].detail.find("latency: no value") != std::string::npos);
}

}  // namespace millrace::rollout
