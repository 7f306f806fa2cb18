#include "proxy/rollout/reward_trial.hpp"

#include "proxy/base/random.hpp"

#include <catch2/catch.hpp>

#include <cmath>

namespace millrace::rollout {

namespace {

const reward_params clicks{.name = "clicks"};

/// Units that are right with these chances, half of them the candidate's.
unit_batch bits(random_source& coins, int count, double primary, double candidate) {
    unit_batch made{.pi = 0.5, .outcomes = {}};
    for (int i = 0; i < count; ++i) {
        bool const of_candidate = coins.below(2) == 1;
        auto const chance = of_candidate ? candidate : primary;
        bool const good = coins.below(1'000'000) < chance * 1e6;
        made.outcomes.push_back({of_candidate, good ? 1.0 : 0.0, 1});
    }
    return made;
}

}  // namespace

TEST_CASE("a better reward is proven, a worse one is proven worse", "[rollout][reward]") {
    random_source coins{3};
    reward_trial better;
    reward_trial worse;
    for (int i = 0; i < 100; ++i) {
        enter(better, bits(coins, 50, 0.3, 0.4), true);
        enter(worse, bits(coins, 50, 0.4, 0.3), true);
    }

    auto const up = assess(better, clicks, false, std::log(200));
    auto const down = assess(worse, clicks, false, std::log(200));

    CHECK(up.log_e_promotion > std::log(200));
    CHECK(up.log_e_rollback < 0);
    CHECK(up.units_to_promotion == 0.0);
    CHECK(down.log_e_rollback > std::log(100));
    CHECK(down.log_e_promotion < 0);
    CHECK_FALSE(down.units_to_promotion);
    REQUIRE(up.difference);
    CHECK(up.difference->lower > 0);
    CHECK(up.difference->lower < 0.1);
    CHECK(up.difference->upper > 0.1);
    CHECK(up.candidate.mean() == Approx(0.4).margin(0.03));
}

TEST_CASE("a reward's step begins anew, the rest goes on", "[rollout][reward]") {
    random_source coins{4};
    reward_trial held;
    enter(held, bits(coins, 1'000, 0.3, 0.5), true);
    auto const before = assess(held, clicks, false, 5);
    CHECK(before.log_e_promotion_step == before.log_e_promotion);
    CHECK(before.step_outcomes > 400);

    begin_step(held);
    enter(held, bits(coins, 1'000, 0.3, 0.5), false);
    auto const after = assess(held, clicks, false, 5);

    CHECK(after.log_e_promotion > before.log_e_promotion);
    CHECK(after.log_e_promotion_step == 0);
    CHECK(after.step_outcomes == 0);
}

TEST_CASE("a score out of range breaks the reward and decides nothing", "[rollout][reward]") {
    reward_trial held;
    enter(held, {.pi = 0.5, .outcomes = {{true, std::nan(""), 1}, {false, 0.5, 1}}}, true);

    auto const about = assess(held, clicks, false, 5);

    CHECK(about.broken);
    CHECK(about.log_e_promotion == 0);
    CHECK(about.log_e_rollback == 0);
    CHECK_FALSE(about.difference);
}

TEST_CASE("scores from outside of the range of a coin do not enter", "[rollout][reward]") {
    random_source coins{5};
    reward_trial held;
    auto rare = bits(coins, 500, 0.1, 0.9);
    rare.pi = 0.001;
    enter(held, rare, true);

    CHECK(assess(held, clicks, false, 5).waiting);
    CHECK(held.candidate_in_step == 0);
}

TEST_CASE("a score becomes a value by its range and direction", "[rollout][reward]") {
    reward_params stars{.name = "stars", .min = 1, .max = 5};
    CHECK(value_of(stars, 1) == 0);
    CHECK(value_of(stars, 4) == 0.75);
    CHECK(value_of(stars, 99) == 1);
    CHECK(value_of(stars, -3) == 0);
    stars.larger_is_better = false;
    CHECK(value_of(stars, 4) == 0.25);
    CHECK(std::isnan(value_of(stars, std::nan(""))));
}

}  // namespace millrace::rollout
