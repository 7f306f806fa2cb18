#include "proxy/rollout/plan.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace millrace::rollout {

namespace {

constexpr milliseconds total_timeout{30'000};

params with(std::vector<guardrail_params> guardrails) {
    params made;
    made.candidates = {"v2"};
    made.guardrails = std::move(guardrails);
    return made;
}

const outcome& outcome_of(const plan& of, test_role role) {
    auto const found = std::find_if(of.tests.begin(), of.tests.end(), [role](const auto& each) {
        return each.role == role;
    });
    REQUIRE(found != of.tests.end());
    return of.outcomes.at(found->outcome);
}

}  // namespace

TEST_CASE("the first outcome counts who was assigned how much", "[rollout]") {
    auto const made = make_plan(with({}), total_timeout);

    REQUIRE(made.outcomes.size() == 1);
    CHECK(made.assignments == 0);
    CHECK(made.outcomes.front().kind == outcome_kind::failed_within);
    CHECK(made.outcomes.front().age == milliseconds{1'000});
}

TEST_CASE("errors are two questions: failed within a second, and at full age", "[rollout]") {
    auto const made = make_plan(with({{.kind = metric_kind::error_rate}}), total_timeout);

    REQUIRE(made.tests.size() == 3);
    CHECK(made.rollback_tests() == 2);
    CHECK(made.outcomes.size() == 2);  // the early one counts the assignments too
    CHECK(outcome_of(made, test_role::rollback).age == milliseconds{1'000});
    auto const& full = outcome_of(made, test_role::promotion);
    CHECK(full.kind == outcome_kind::failed_or_unfinished);
    CHECK(full.age == total_timeout);
    CHECK(full.primary_threshold == total_timeout);
}

TEST_CASE("where every request ends within a second there is one question", "[rollout]") {
    auto const made = make_plan(with({{.kind = metric_kind::error_rate}}), milliseconds{800});

    CHECK(made.rollback_tests() == 1);
}

TEST_CASE("a quantile that is compared waits for the primary's", "[rollout]") {
    auto const chosen = with({{.kind = metric_kind::latency, .quantile = 0.99, .max_ratio = 1.2}});
    auto const made = make_plan(chosen, total_timeout);
    REQUIRE(made.tests.size() == 2);
    CHECK_FALSE(is_in_force(outcome_of(made, test_role::rollback)));
    auto const waiting = with_baselines(made, chosen, {baseline{}});
    CHECK(waiting == made.outcomes);

    auto const known = with_baselines(made, chosen, {baseline{microseconds{200'000}}});

    auto const& worse = known.at(made.tests[0].outcome);
    CHECK(worse.primary_threshold == microseconds{200'000});
    CHECK(worse.candidate_threshold == microseconds{200'000});
    CHECK(worse.age == milliseconds{1'000});
    auto const& margin = known.at(made.tests[1].outcome);
    CHECK(margin.primary_threshold == microseconds{200'000});
    CHECK(margin.candidate_threshold == microseconds{240'000});
}

TEST_CASE("the age of an outcome is never below its thresholds", "[rollout]") {
    auto const chosen =
        with({{.kind = metric_kind::first_byte, .quantile = 0.5, .max_ratio = 1.5}});
    auto const made = make_plan(chosen, total_timeout);

    auto const known = with_baselines(made, chosen, {baseline{microseconds{4'000'100}}});

    CHECK(known.at(made.tests[0].outcome).age == milliseconds{4'001});
    CHECK(known.at(made.tests[1].outcome).age == milliseconds{6'001});
    CHECK(known.at(made.tests[0].outcome).kind == outcome_kind::no_first_byte_within);
}

TEST_CASE(
    "an objective can roll back, is watched for incidents, and stands in for a baseline",
    "[rollout]"
) {
    auto chosen = with(
        {{.kind = metric_kind::latency,
          .quantile = 0.99,
          .max_ratio = 1.2,
          .slo = milliseconds{300}}}
    );
    auto const both = make_plan(chosen, total_timeout);
    CHECK(both.rollback_tests() == 2);
    REQUIRE(both.guards.size() == 1);
    CHECK(both.outcomes.at(both.guards.front().outcome).primary_threshold == milliseconds{300});
    auto const outcomes = with_baselines(both, chosen, {baseline{}});
    CHECK(std::all_of(outcomes.begin(), outcomes.end(), is_in_force));
    CHECK(outcomes.at(both.tests.front().outcome).primary_threshold == milliseconds{300});

    chosen.guardrails.front().max_ratio.reset();
    auto const alone = make_plan(chosen, total_timeout);
    CHECK(alone.rollback_tests() == 1);
    CHECK(alone.tests.size() == 2);
}

TEST_CASE("labels wait ten minutes unless told otherwise", "[rollout]") {
    auto const made = make_plan(with({{.kind = metric_kind::accuracy}}), total_timeout);
    CHECK(outcome_of(made, test_role::promotion).kind == outcome_kind::label_wrong);
    CHECK(outcome_of(made, test_role::promotion).age == milliseconds{600'000});

    auto const soon = make_plan(
        with({{.kind = metric_kind::accuracy, .age = milliseconds{5'000}}}), total_timeout
    );
    CHECK(outcome_of(soon, test_role::promotion).age == milliseconds{5'000});
}

TEST_CASE("an indicator is tested, but counts for nothing", "[rollout]") {
    auto const made = make_plan(
        with(
            {{.kind = metric_kind::error_rate},
             {.kind = metric_kind::latency,
              .slo = milliseconds{300},
              .role = metric_role::indicator}}
        ),
        total_timeout
    );
    CHECK(made.tests.size() == 5);
    CHECK(made.rollback_tests() == 2);
    CHECK(made.guards.empty());
}

TEST_CASE("each reward has an outcome of its own, by unit, and can roll back", "[rollout]") {
    auto chosen = with({});
    chosen.rewards = {
        {.name = "clicks"},
        {.name = "sales", .age = milliseconds{5'000}},
        {.name = "stars", .role = metric_role::indicator}};

    auto const made = make_plan(chosen, total_timeout);

    REQUIRE(made.rewards.size() == 3);
    CHECK(made.outcomes.size() == 4);
    CHECK(made.deciding_rewards() == 2);
    CHECK(made.rollback_tests() == 2);
    auto const& sales = made.outcomes[made.rewards[1].outcome];
    CHECK(sales.kind == outcome_kind::reward);
    CHECK(sales.age == milliseconds{5'000});
    CHECK(sales.per_unit);
    CHECK(is_in_force(sales));
    CHECK_FALSE(is_counted(sales));
    CHECK(made.outcomes[made.rewards[0].outcome].age == milliseconds{600'000});
}

TEST_CASE("where clients are the units every outcome is theirs but the route's own", "[rollout]") {
    auto chosen = with(
        {{.kind = metric_kind::error_rate},
         {.kind = metric_kind::latency, .quantile = 0.5},
         {.kind = metric_kind::accuracy}}
    );
    chosen.unit_outcome = stats::unit_outcome::fraction;
    chosen.route_guard = route_guard_params{};

    auto const made = make_plan(chosen, total_timeout);

    auto const guard = made.route_guard.value().outcome;
    for (std::size_t i = 0; i < made.outcomes.size(); ++i) {
        CHECK(made.outcomes[i].per_unit == (i != guard));
    }
    CHECK(std::all_of(made.tests.begin(), made.tests.end(), [](const auto& each) {
        return std::holds_alternative<stats::contrast_bet>(each.test);
    }));

    chosen.unit_outcome = stats::unit_outcome::one;
    auto const whole = make_plan(chosen, total_timeout);
    CHECK(std::holds_alternative<stats::rae_rollback>(whole.tests.front().test));
    CHECK(whole.outcomes.front().per_unit);

    chosen.unit_outcome.reset();
    auto const requests = make_plan(chosen, total_timeout);
    CHECK(requests.route_guard.value().outcome == 1);  // that of the error rate
}

TEST_CASE("guardrails are named as in the file", "[rollout]") {
    CHECK(name_of({.kind = metric_kind::error_rate}) == "error_rate");
    CHECK(name_of({.kind = metric_kind::latency, .quantile = 0.99}) == "latency_p99");
    CHECK(name_of({.kind = metric_kind::first_byte, .quantile = 0.5}) == "first_byte_p50");
    CHECK(name_of({.kind = metric_kind::latency, .quantile = 0.999}) == "latency_p99.9");
    CHECK(name_of({.kind = metric_kind::accuracy}) == "accuracy");
}

}  // namespace millrace::rollout
