#include "proxy/stats/contrast_bet.hpp"

#include "tests/unit/stats/enumeration.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cmath>
#include <vector>

using namespace millrace::stats;  // NOLINT(google-build-using-namespace): every line here needs it
using millrace::random_source;
using millrace::stats::testing::uniform;

namespace {

struct bit_world {
    double pi = 0.5;
    double mean_a = 0.5;
    double mean_b = 0.5;
};

scored_outcome drawn(const bit_world& world, random_source& random) {
    bool const candidate = uniform(random) < world.pi;
    double const mean = candidate ? world.mean_b : world.mean_a;
    return {.candidate = candidate, .score = uniform(random) < mean ? 1.0 : 0.0};
}

contrast_bet::state after_bits(
    const contrast_bet& test, const bit_world& world, int outcomes, std::uint64_t seed
) {
    random_source random{seed};
    auto state = test.start();
    for (int i = 0; i < outcomes; ++i) {
        auto const outcome = drawn(world, random);
        state = test.observe(state, {.pi = world.pi, .outcomes = {&outcome, 1}});
    }
    return state;
}

/// The mean of K after one outcome / K before it, exactly, for scores that are 0 or 1.
double mean_factor(
    const contrast_bet& test, const contrast_bet::state& before, const bit_world& world
) {
    double mean = 0.0;
    for (bool const candidate : {false, true}) {
        for (double const score : {0.0, 1.0}) {
            double const rate = candidate ? world.mean_b : world.mean_a;
            double const probability =
                (candidate ? world.pi : 1.0 - world.pi) * (score == 1.0 ? rate : 1.0 - rate);
            scored_outcome const outcome{.candidate = candidate, .score = score};
            auto const later = test.observe(before, {.pi = world.pi, .outcomes = {&outcome, 1}});
            mean += probability * std::exp(later.log_k - before.log_k);
        }
    }
    return mean;
}

}  // namespace

TEST_CASE("at the edge of its null hypothesis the mean of K stays", "[stats][contrast]") {
    auto const promote = contrast_bet::promote(0.02);
    auto const rollback = contrast_bet::rollback();
    for (double const pi : {0.005, 0.1, 0.5, 0.95}) {
        CAPTURE(pi);
        auto const promoting =
            after_bits(promote, {.pi = 0.5, .mean_a = 0.5, .mean_b = 0.9}, 60, 1);
        auto const rolling = after_bits(rollback, {.pi = 0.5, .mean_a = 0.9, .mean_b = 0.5}, 60, 1);

        CHECK(mean_factor(promote, promoting, {pi, 0.9, 0.88}) == Approx(1.0));
        CHECK(mean_factor(promote, promoting, {pi, 0.9, 0.8}) < 1.0);
        CHECK(mean_factor(promote, promoting, {pi, 0.9, 0.95}) > 1.0);
        CHECK(mean_factor(rollback, rolling, {pi, 0.6, 0.6}) == Approx(1.0));
        CHECK(mean_factor(rollback, rolling, {pi, 0.6, 0.7}) < 1.0);
        CHECK(mean_factor(rollback, rolling, {pi, 0.7, 0.6}) > 1.0);
    }
}

TEST_CASE("no outcome takes more than half of the capital", "[stats][contrast]") {
    for (auto const& test :
         {contrast_bet::promote(0.3), contrast_bet::success(), contrast_bet::rollback()}) {
        for (double const mean_b : {0.0, 0.4, 1.0}) {
            auto const state =
                after_bits(test, {.pi = 0.3, .mean_a = 0.5, .mean_b = mean_b}, 200, 3);
            for (double const pi : {0.005, 0.3, 0.995}) {
                auto const laid = test.stake_at(state.past, pi);
                CHECK(laid.stake >= 0.0);
                for (bool const candidate : {false, true}) {
                    for (double const score : {0.0, 0.37, 1.0}) {
                        CHECK(laid.factor(laid.contrast(candidate, score)) >= 0.5 - 1e-12);
                    }
                }
            }
        }
    }
}

TEST_CASE("differences are found in the direction that is asked for", "[stats][contrast]") {
    bit_world const better{.pi = 0.5, .mean_a = 0.5, .mean_b = 0.7};
    bit_world const worse{.pi = 0.5, .mean_a = 0.7, .mean_b = 0.5};

    CHECK(log_e(after_bits(contrast_bet::success(), better, 2000, 4)).value() > std::log(100.0));
    CHECK(log_e(after_bits(contrast_bet::success(), worse, 2000, 4)).value() <= 0.0);
    CHECK(log_e(after_bits(contrast_bet::rollback(), worse, 2000, 4)).value() > std::log(100.0));
    CHECK(log_e(after_bits(contrast_bet::rollback(), better, 2000, 4)).value() <= 0.0);
}

TEST_CASE("the order within a tick does not matter", "[stats][contrast]") {
    auto const test = contrast_bet::success();
    auto const before = after_bits(test, {.pi = 0.4, .mean_a = 0.4, .mean_b = 0.6}, 100, 5);
    std::vector<scored_outcome> const given{{true, 0.9}, {false, 0.2}, {true, 0.1}, {false, 0.7}};
    std::vector<scored_outcome> const turned(given.rbegin(), given.rend());

    auto const one = test.observe(before, {.pi = 0.4, .outcomes = given});
    auto const other = test.observe(before, {.pi = 0.4, .outcomes = turned});

    CHECK(one.log_k == Approx(other.log_k));
    CHECK(one.past.centre() == Approx(other.past.centre()));
}

TEST_CASE("an outcome with a count stands for as many", "[stats][contrast]") {
    auto const test = contrast_bet::success();
    auto const before = after_bits(test, {.pi = 0.4, .mean_a = 0.4, .mean_b = 0.6}, 100, 5);
    std::array const listed{scored_outcome{true, 1.0}, scored_outcome{true, 1.0}};
    std::array const counted{scored_outcome{true, 1.0, 2}};

    auto const one = test.observe(before, {.pi = 0.4, .outcomes = listed});
    auto const other = test.observe(before, {.pi = 0.4, .outcomes = counted});

    CHECK(one.log_k == Approx(other.log_k));
    CHECK(one.past == other.past);
}

TEST_CASE("a score out of range breaks the process for good", "[stats][contrast]") {
    auto const test = contrast_bet::success();
    for (double const score : {-0.1, 1.1, std::nan("")}) {
        scored_outcome const wrong{.candidate = true, .score = score};
        scored_outcome const right{.candidate = true, .score = 1.0};

        auto state = test.observe(test.start(), {.pi = 0.5, .outcomes = {&wrong, 1}});
        CHECK_FALSE(log_e(state));
        state = test.observe(state, {.pi = 0.5, .outcomes = {&right, 1}});
        CHECK_FALSE(log_e(state));
    }
}

TEST_CASE("scores of a pi out of range are counted and do not enter", "[stats][contrast]") {
    auto const test = contrast_bet::success();
    std::array const outcomes{scored_outcome{true, 1.0, 7}, scored_outcome{false, 0.0}};

    auto const state = test.observe(test.start(), {.pi = 0.001, .outcomes = outcomes});

    CHECK(state.excluded == 8);
    CHECK(state.log_k == 0.0);
    CHECK(state.past == contrast_moments{});
}

TEST_CASE("growth tells the speed of a bettor who knows", "[stats][contrast]") {
    contrast_world const equal{
        .pi = 0.5, .mean_a = 0.9, .mean_b = 0.9, .variance_a = 0.09, .variance_b = 0.09};
    contrast_world const worse{
        .pi = 0.5, .mean_a = 0.9, .mean_b = 0.87, .variance_a = 0.09, .variance_b = 0.113};

    CHECK(growth_in(equal, {.sign = 1.0, .delta0 = -0.02}) > 0.0);
    CHECK(growth_in(equal, {.sign = 1.0, .delta0 = 0.0}) == 0.0);
    CHECK(
        growth_in(worse, {.sign = -1.0, .delta0 = 0.0}) ==
        Approx(0.03 * 0.03 / (2 * 4 * 0.1)).epsilon(0.1)
    );
    CHECK(growth_in(worse, {.sign = 1.0, .delta0 = 0.0}) == 0.0);
}

// 10 % is bound by 1 / alpha; more than 25 of 100 has probability below 1e-5 at 10 %.
TEST_CASE("seeded: equal arms through a change of pi are rarely told apart", "[stats][contrast]") {
    auto const test = contrast_bet::rollback();
    random_source random{31};
    int alarms = 0;
    for (int run = 0; run < 100; ++run) {
        auto state = test.start();
        bool alarm = false;
        for (int i = 0; i < 1500 && !alarm; ++i) {
            double const pi = i < 500 ? 0.05 : 0.5;
            auto const outcome = drawn({.pi = pi, .mean_a = 0.7, .mean_b = 0.7}, random);
            state = test.observe(state, {.pi = pi, .outcomes = {&outcome, 1}});
            alarm = log_e(state).value() >= std::log(10.0);
        }
        alarms += alarm ? 1 : 0;
    }

    CHECK(alarms <= 25);
}
