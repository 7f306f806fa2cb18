#include "proxy/rollout/trial.hpp"

#include "tests/unit/rollout/support.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

namespace millrace::rollout {

namespace {

constexpr milliseconds total_timeout{30'000};
constexpr std::uint16_t early = 0;
constexpr std::uint16_t full = 1;
constexpr std::uint16_t labels = 1;

params accuracy_only() {
    auto chosen = errors_only();
    chosen.guardrails = {{.kind = metric_kind::accuracy}};
    return chosen;
}

params objective_only() {
    auto chosen = errors_only();
    chosen.guardrails = {{.kind = metric_kind::latency, .slo = milliseconds{300}}};
    return chosen;
}

/// A trial and what it is judged by.
struct fixture {
    params chosen;
    rollout::plan plan = make_plan(chosen, total_timeout);
    trial held = begin_trial(plan);

    void enter_times(int times, const outcome_tick& seen, std::uint32_t step_epoch = 1) {
        for (int i = 0; i < times; ++i) {
            enter(held, plan, seen, 0, step_epoch);
        }
    }

    [[nodiscard]] candidate_assessment assessed() const {
        return assess(held, plan, chosen, thresholds_of(chosen, plan));
    }

    [[nodiscard]] guardrail_assessment guardrail() const { return assessed().guardrails.front(); }
};

}  // namespace

TEST_CASE("alpha is split over the tests, the candidates and the attempts", "[rollout]") {
    auto chosen = errors_only(3);
    chosen.guardrails.push_back({.kind = metric_kind::latency, .slo = milliseconds{300}});
    chosen.attempt = 4;
    auto const at = thresholds_of(chosen, make_plan(chosen, total_timeout));

    // G: errors at two ages and the objective; n = 3 candidates; k (k + 1) = 20.
    CHECK(at.rollback == Approx(std::log(3 * 3 / 0.01)));
    CHECK(at.promotion == Approx(std::log(3 * 20 / 0.01)));
    CHECK(at.assignment == Approx(std::log(1'000)));
}

TEST_CASE("all attempts together promote a bad version with at most alpha", "[rollout]") {
    auto chosen = errors_only();
    double sum = 0;
    for (chosen.attempt = 1; chosen.attempt < 1'000; ++chosen.attempt) {
        sum += std::exp(-thresholds_of(chosen, make_plan(chosen, total_timeout)).promotion);
    }
    CHECK(sum < chosen.promote_alpha);
    CHECK(sum == Approx(chosen.promote_alpha).epsilon(0.002));
}

TEST_CASE("a trial without outcomes waits and has no evidence either way", "[rollout]") {
    fixture begun{errors_only()};

    auto const about = begun.guardrail();

    CHECK(about.waiting);
    CHECK_FALSE(about.broken);
    CHECK(about.log_e_promotion == Approx(0).margin(1e-9));
    CHECK(about.log_e_rollback == Approx(0).margin(1e-9));
    CHECK(about.step_outcomes == 0);
}

TEST_CASE("the largest evidence of harm of a metric's tests counts", "[rollout]") {
    fixture seen{errors_only()};
    seen.enter_times(20, tick_of(early, {900, 9, 100, 10}));
    seen.enter_times(20, tick_of(full, {900, 90, 100, 10}));

    CHECK(seen.guardrail().log_e_rollback > thresholds_of(seen.chosen, seen.plan).rollback);
}

TEST_CASE("evidence multiplies over epochs, that of the step begins anew", "[rollout]") {
    fixture seen{errors_only()};
    seen.enter_times(30, tick_of(full, {900, 9, 100, 1}));
    auto const before = seen.guardrail();
    CHECK(before.log_e_promotion > 1);
    CHECK(before.log_e_promotion_step == Approx(before.log_e_promotion));
    CHECK(before.step_outcomes == 3'000);

    begin_step(seen.held, seen.plan);
    CHECK(seen.guardrail().log_e_promotion == Approx(before.log_e_promotion));
    CHECK(seen.guardrail().log_e_promotion_step == Approx(0).margin(1e-9));
    CHECK(seen.guardrail().step_outcomes == 0);

    // Late ticks of the epoch before belong to the rollout, not to the step.
    seen.enter_times(5, tick_of(full, {900, 9, 100, 1}, 1), 2);
    CHECK(seen.guardrail().log_e_promotion > before.log_e_promotion);
    CHECK(seen.guardrail().step_outcomes == 0);
    seen.enter_times(5, tick_of(full, {900, 9, 100, 1}, 2), 2);
    CHECK(seen.guardrail().step_outcomes == 500);
    CHECK(seen.guardrail().log_e_promotion_step > 0);
}

TEST_CASE("a forecast says how many outcomes promotion still needs", "[rollout]") {
    fixture equal{errors_only()};
    equal.enter_times(10, tick_of(full, {900, 9, 100, 1}));
    auto const few = equal.guardrail().units_to_promotion;
    equal.enter_times(20, tick_of(full, {900, 9, 100, 1}));
    auto const fewer = equal.guardrail().units_to_promotion;
    REQUIRE(few);
    REQUIRE(fewer);
    CHECK(*fewer < *few);
    CHECK(*few == Approx(60'000).epsilon(0.6));

    fixture worse{errors_only()};
    worse.enter_times(10, tick_of(full, {900, 9, 100, 3}));
    CHECK_FALSE(worse.guardrail().units_to_promotion);
}

TEST_CASE("assignments off the coin are noticed, by alpha .001", "[rollout]") {
    fixture even{errors_only()};
    even.enter_times(100, tick_of(early, {900, 9, 100, 1}));
    CHECK_FALSE(even.assessed().assignment_broken);

    fixture odd{errors_only()};
    odd.enter_times(100, tick_of(early, {800, 8, 200, 2}));
    CHECK(odd.assessed().assignment_broken);
    CHECK(odd.assessed().log_e_assignment > std::log(1'000));
}

TEST_CASE("labels that do not arrive as the coin fell decide nothing, for good", "[rollout]") {
    fixture seen{accuracy_only()};
    seen.enter_times(50, tick_of(labels, {900, 90, 40, 30}));
    CHECK(seen.guardrail().arrivals_broken);
    CHECK_FALSE(seen.assessed().assignment_broken);

    seen.enter_times(500, tick_of(labels, {900, 90, 100, 10}));
    CHECK(seen.guardrail().arrivals_broken);

    fixture sound{accuracy_only()};
    sound.enter_times(50, tick_of(labels, {900, 90, 100, 10}));
    CHECK_FALSE(sound.guardrail().arrivals_broken);
}

TEST_CASE("primary and candidate in breach together are an incident, which ends", "[rollout]") {
    fixture seen{objective_only()};
    auto const slo = static_cast<std::uint16_t>(seen.plan.guards.front().outcome);
    seen.enter_times(100, tick_of(slo, {900, 5, 100, 0}));
    CHECK_FALSE(seen.assessed().incident);

    seen.enter_times(30, tick_of(slo, {900, 200, 100, 22}));
    CHECK(seen.assessed().incident);
    CHECK(seen.guardrail().log_e_rollback < 3);

    seen.enter_times(30, tick_of(slo, {900, 5, 100, 0}));
    CHECK_FALSE(seen.assessed().incident);
}

TEST_CASE("a breach of the candidate alone is no incident", "[rollout]") {
    fixture seen{objective_only()};
    auto const slo = static_cast<std::uint16_t>(seen.plan.guards.front().outcome);

    seen.enter_times(30, tick_of(slo, {900, 5, 100, 22}));

    CHECK_FALSE(seen.assessed().incident);
    CHECK(seen.guardrail().log_e_rollback > 10);
}

TEST_CASE("evidence that is not finite breaks the metric, and no number comes of it", "[rollout]") {
    fixture seen{accuracy_only()};
    for (auto& each : seen.held.tests) {
        if (auto* const bet = std::get_if<stats::contrast_bet::state>(&each.whole)) {
            bet->log_k = std::numeric_limits<double>::quiet_NaN();
        }
    }
    seen.enter_times(1, tick_of(labels, {900, 90, 100, 10}));

    auto const about = seen.guardrail();

    CHECK(about.broken);
    CHECK(std::isfinite(about.log_e_rollback));
    CHECK(about.log_e_promotion == 0);
    CHECK(about.log_e_promotion_step == 0);
}

TEST_CASE("clients that come back are judged by the fraction of their bad requests", "[rollout]") {
    auto chosen = errors_only();
    chosen.unit_outcome = stats::unit_outcome::fraction;
    fixture harmful{chosen};
    fixture equal{chosen};
    for (std::uint64_t tick = 0; tick < 200; ++tick) {
        unit_tick seen{
            .outcome = full, .epoch = 1, .tick = tick, .masses = {32'768, 32'768}, .units = {}};
        for (std::uint16_t i = 0; i < 20; ++i) {
            auto const arm = static_cast<std::uint16_t>(i % 2);
            // Half of the units have been met: their coin is another one.
            seen.units.push_back({arm, arm == 1 ? 0.3 : 0.2, {3, i < 10 ? 3U : 1U}});
        }
        enter(harmful.held, harmful.plan, seen, 0, 1);
        for (auto& unit : seen.units) {
            unit.value = 0.2;
        }
        enter(equal.held, equal.plan, seen, 0, 1);
    }

    auto const bad = harmful.guardrail();
    CHECK(bad.log_e_rollback > thresholds_of(chosen, harmful.plan).rollback);
    CHECK(bad.primary.count == 2'000);
    CHECK(bad.primary.bad == 400);
    CHECK(bad.candidate.bad == 600);
    CHECK(bad.step_outcomes == 2'000);
    CHECK(equal.guardrail().log_e_rollback < 1);
    CHECK(equal.guardrail().log_e_promotion > 0);
    CHECK(equal.guardrail().units_to_promotion);
}

TEST_CASE("units that are not assigned as their coin fell are noticed", "[rollout]") {
    auto chosen = errors_only();
    chosen.unit_outcome = stats::unit_outcome::one;
    fixture even{chosen};
    fixture odd{chosen};
    for (std::uint64_t tick = 0; tick < 100; ++tick) {
        unit_tick seen{.outcome = early, .epoch = 1, .tick = tick, .masses = {9, 1}, .units = {}};
        for (int i = 0; i < 20; ++i) {
            seen.units.push_back({static_cast<std::uint16_t>(i % 2), 0, {2, 2}});
        }
        enter(even.held, even.plan, seen, 0, 1);
        for (auto& unit : seen.units) {
            unit.masses.clear();
        }
        enter(odd.held, odd.plan, seen, 0, 1);
    }
    CHECK_FALSE(even.assessed().assignment_broken);
    CHECK(odd.assessed().assignment_broken);
}

TEST_CASE("rewards are judged beside guardrails, at a threshold of their own", "[rollout]") {
    auto chosen = errors_only(2);
    chosen.rewards = {{.name = "clicks"}, {.name = "sales"}};
    fixture seen{chosen};
    auto const at = thresholds_of(chosen, seen.plan);
    // n = 2 candidates, G = 2 tests of errors and 2 rewards, S = 2.
    CHECK(at.rollback == Approx(std::log(2 * 4 / 0.01)));
    CHECK(at.promotion == Approx(std::log(2 * 2 / 0.01)));
    CHECK(at.reward == Approx(std::log(2 * 2 * 2 / 0.01)));
    auto const outcome = seen.plan.rewards[1].outcome;
    for (std::uint64_t tick = 0; tick < 100; ++tick) {
        unit_tick told{
            .outcome = outcome, .epoch = 1, .tick = tick, .masses = {2, 1, 1}, .units = {}};
        for (int i = 0; i < 30; ++i) {
            auto const arm = static_cast<std::uint16_t>(i % 3 == 2 ? 1 : 0);
            told.units.push_back({arm, arm == 1 ? 0.8 : 0.5, {}});
        }
        enter(seen.held, seen.plan, told, 0, 1);
    }

    auto const about = seen.assessed().rewards;
    REQUIRE(about.size() == 2);
    CHECK(about[0].waiting);
    CHECK(about[1].log_e_promotion > at.reward);
    CHECK(about[1].candidate.count == 1'000);
    CHECK_FALSE(about[1].arrivals_broken);
}

TEST_CASE("scores that do not arrive as the coin fell decide nothing", "[rollout]") {
    auto chosen = errors_only();
    chosen.rewards = {{.name = "clicks"}};
    fixture seen{chosen};
    for (std::uint64_t tick = 0; tick < 100; ++tick) {
        unit_tick told{
            .outcome = seen.plan.rewards[0].outcome,
            .epoch = 1,
            .tick = tick,
            .masses = {1, 1},
            .units = {}};
        for (int i = 0; i < 30; ++i) {
            told.units.push_back({static_cast<std::uint16_t>(i % 3 == 0 ? 1 : 0), 0.5, {}});
        }
        enter(seen.held, seen.plan, told, 0, 1);
    }
    CHECK(seen.assessed().rewards[0].arrivals_broken);
    CHECK_FALSE(seen.assessed().assignment_broken);
}

TEST_CASE("what was assigned outside of the range of a coin does not enter", "[rollout]") {
    fixture seen{errors_only()};
    auto tick = tick_of(full, {900, 9, 100, 100});
    tick.masses = {65'500, 36};

    seen.enter_times(10, tick);

    CHECK(seen.guardrail().waiting);
    CHECK(seen.guardrail().log_e_rollback == Approx(0).margin(1e-9));
}

}  // namespace millrace::rollout
