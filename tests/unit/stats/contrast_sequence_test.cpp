#include "proxy/stats/contrast_sequence.hpp"

#include "tests/unit/stats/enumeration.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <vector>

using namespace millrace::stats;  // NOLINT(google-build-using-namespace): every line here needs it
using millrace::random_source;
using millrace::stats::testing::uniform;

namespace {

std::vector<scored_outcome> drawn(double pi, double mean_a, double mean_b, random_source& random) {
    std::vector<scored_outcome> outcomes;
    for (int i = 0; i < 100; ++i) {
        bool const candidate = uniform(random) < pi;
        double const mean = candidate ? mean_b : mean_a;
        outcomes.push_back({.candidate = candidate, .score = uniform(random) < mean ? 1.0 : 0.0});
    }
    return outcomes;
}

}  // namespace

TEST_CASE("the grid is symmetric, rises, and is fine near zero", "[stats][contrast]") {
    for (std::size_t i = 0; i + 1 < contrast_sequence::points; ++i) {
        CHECK(contrast_sequence::grid_value(i) < contrast_sequence::grid_value(i + 1));
        CHECK(
            contrast_sequence::grid_value(i) ==
            Approx(-contrast_sequence::grid_value(contrast_sequence::points - 1 - i))
        );
    }
    CHECK(contrast_sequence::grid_value(32) < 1e-5);
    CHECK(contrast_sequence::grid_value(63) < 1.0);
}

TEST_CASE("before any outcome everything is possible", "[stats][contrast]") {
    CHECK(contrast_sequence::covered({}, 0.05) == interval{-1.0, 1.0});
}

TEST_CASE("the interval closes in on the difference", "[stats][contrast]") {
    random_source random{12};
    contrast_sequence::state state;
    double width = 2.0;
    for (int tick = 1; tick <= 200; ++tick) {
        double const pi = tick < 100 ? 0.2 : 0.5;
        auto const outcomes = drawn(pi, 0.5, 0.7, random);
        state = contrast_sequence::observe(state, {.pi = pi, .outcomes = outcomes});
        if (tick % 100 == 0) {
            auto const covered = contrast_sequence::covered(state, 0.05).value();
            CHECK(covered.lower <= 0.2);
            CHECK(covered.upper >= 0.2);
            CHECK(covered.upper - covered.lower < width);
            width = covered.upper - covered.lower;
        }
    }
    CHECK(width < 0.2);
}

TEST_CASE("each grid value is a contrast bet of its own", "[stats][contrast]") {
    random_source random{13};
    contrast_sequence::state sequence;
    constexpr std::size_t index = 20;
    contrast_bet const test{{.sign = -1.0, .delta0 = contrast_sequence::grid_value(index)}};
    auto alone = test.start();
    for (int tick = 0; tick < 20; ++tick) {
        auto const outcomes = drawn(0.3, 0.8, 0.1, random);
        sequence = contrast_sequence::observe(sequence, {.pi = 0.3, .outcomes = outcomes});
        alone = test.observe(alone, {.pi = 0.3, .outcomes = outcomes});
    }

    CHECK(sequence.log_below[index] == Approx(alone.log_k));
    CHECK(sequence.past == alone.past);
}

TEST_CASE("what cannot be judged has no interval", "[stats][contrast]") {
    scored_outcome const wrong{.candidate = true, .score = 2.0};

    auto const broken = contrast_sequence::observe({}, {.pi = 0.5, .outcomes = {&wrong, 1}});
    auto const outside = contrast_sequence::observe({}, {.pi = 0.0, .outcomes = {&wrong, 1}});

    CHECK_FALSE(contrast_sequence::covered(broken, 0.05));
    CHECK(outside.excluded == 1);
    CHECK(contrast_sequence::covered(outside, 0.05) == interval{-1.0, 1.0});
}
