#include "proxy/simulation/score_law.hpp"

#include <catch2/catch.hpp>

#include <cmath>

namespace millrace::simulation {

namespace {

struct moments {
    double count = 0;
    double mean = 0;
    double variance = 0;
    bool are_bits = true;
};

moments moments_of(const behaviour& like) {
    draws chance{17};
    rollout::unit_tick told;
    draw_scores(chance, like, 1, 20'000, told);
    moments made{.count = static_cast<double>(told.units.size())};
    for (auto const& each : told.units) {
        CHECK(each.arm == 1);
        made.mean += each.value / made.count;
        made.variance += each.value * each.value / made.count;
        made.are_bits = made.are_bits && (each.value == 0 || each.value == 1);
    }
    made.variance -= made.mean * made.mean;
    return made;
}

}  // namespace

TEST_CASE("scores have the mean and the spread of their version", "[simulation]") {
    auto const seen = moments_of({.reward = 0.6, .reward_sd = 0.18, .scored = 1});
    CHECK(seen.count == 20'000);
    CHECK(seen.mean == Approx(0.6).margin(0.006));
    CHECK(std::sqrt(seen.variance) == Approx(0.18).margin(0.006));
    CHECK_FALSE(seen.are_bits);
}

TEST_CASE("with the largest spread that there is scores are 0 or 1", "[simulation]") {
    auto const seen = moments_of({.reward = 0.5, .reward_sd = 0.5, .scored = 1});
    CHECK(seen.are_bits);
    CHECK(seen.mean == Approx(0.5).margin(0.015));
}

TEST_CASE("only good answers get scores, and not all of them", "[simulation]") {
    auto const seen = moments_of({.error_rate = 0.5, .reward = 0.4, .reward_sd = 0, .scored = 0.5});
    CHECK(seen.count == Approx(5'000).margin(250));
    CHECK(seen.mean == Approx(0.4));
}

}  // namespace millrace::simulation
