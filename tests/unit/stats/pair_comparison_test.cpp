#include "proxy/stats/pair_comparison.hpp"

#include "proxy/base/random.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace millrace::stats;  // NOLINT(google-build-using-namespace)

namespace {

/// The mean of E after one pair that is bad in one version, by the chance that it is B.
template <class Test>
double mean_of_e(const Test& test, double chance_of_b) {
    auto const begun = test.start();
    auto const a = std::exp(log_total(test.observe(begun, {.pairs = 1, .only_a_bad = 1})));
    auto const b = std::exp(log_total(test.observe(begun, {.pairs = 1, .only_b_bad = 1})));
    return (1 - chance_of_b) * a + chance_of_b * b;
}

}  // namespace

TEST_CASE("an even coin earns nothing against the candidate", "[stats][pairs]") {
    pair_rollback const test;
    CHECK(mean_of_e(test, 0.5) == Approx(1));
    CHECK(mean_of_e(test, 0.4) < 1);
    CHECK(mean_of_e(test, 0.6) > 1);
}

TEST_CASE("at the margin a pair earns nothing for the candidate", "[stats][pairs]") {
    pair_promotion const test{{.max_ratio = 1.5, .floor = {}}};
    CHECK(mean_of_e(test, 1.5 / 2.5) == Approx(1));
    CHECK(mean_of_e(test, 0.7) < 1);
    CHECK(mean_of_e(test, 0.5) > 1);
    pair_promotion const strict{{.max_ratio = 1.0, .floor = {}}};
    CHECK(mean_of_e(strict, 0.5) == Approx(1));
    CHECK(mean_of_e(strict, 0.4) > 1);
}

TEST_CASE("pairs that are good or bad together say nothing about harm", "[stats][pairs]") {
    auto const begun = pair_rollback::start();
    auto const next = pair_rollback::observe(begun, {.pairs = 1'000, .both_bad = 900});
    CHECK(log_total(next) == Approx(0).margin(1e-9));
}

TEST_CASE("versions that never fail are told to be good by the floor", "[stats][pairs]") {
    pair_promotion const with_floor{{.max_ratio = 1.5, .floor = 0.005}};
    pair_promotion const without{{.max_ratio = 1.5, .floor = {}}};
    pair_tick const clean{.pairs = 4'000};

    CHECK(log_total(with_floor.observe(with_floor.start(), clean)) > std::log(100));
    CHECK(log_total(without.observe(without.start(), clean)) == Approx(0).margin(1e-9));
    // One at the floor does not pass: its failures cost more than its good answers earn.
    pair_tick const at_floor{.pairs = 4'000, .only_a_bad = 20, .only_b_bad = 20};
    CHECK(log_total(with_floor.observe(with_floor.start(), at_floor)) < std::log(100));
}

TEST_CASE("an equal copy is seldom called harmful, a worse one soon", "[stats][pairs]") {
    millrace::random_source coins{11};
    int false_alarms = 0;
    for (int run = 0; run < 400; ++run) {
        auto held = pair_rollback::start();
        double highest = 0;
        for (int i = 0; i < 400; ++i) {
            bool const is_b = coins.below(2) == 1;
            held = pair_rollback::observe(
                held, {.pairs = 1, .only_a_bad = is_b ? 0U : 1U, .only_b_bad = is_b ? 1U : 0U}
            );
            highest = std::max(highest, log_total(held));
        }
        false_alarms += highest >= std::log(20.0) ? 1 : 0;
    }
    // 5 % of 400 and three standard deviations.
    CHECK(false_alarms <= 33);

    auto held = pair_rollback::start();
    int pairs = 0;
    for (; log_total(held) < std::log(100.0) && pairs < 1'000; ++pairs) {
        bool const is_b = coins.below(3) != 0;
        held = pair_rollback::observe(
            held, {.pairs = 1, .only_a_bad = is_b ? 0U : 1U, .only_b_bad = is_b ? 1U : 0U}
        );
    }
    CHECK(pairs < 400);
}
