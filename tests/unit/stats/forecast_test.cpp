#include "proxy/stats/forecast.hpp"

#include "proxy/stats/rae_rollback.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace millrace::stats;  // NOLINT(google-build-using-namespace): every line here needs it

TEST_CASE("what is missing, at the speed that is made", "[stats][forecast]") {
    CHECK(remaining_units({.log_e = 0.0, .alpha = 0.01, .growth = 0.001}) == Approx(4605.17));
    CHECK(remaining_units({.log_e = 4.0, .alpha = 0.01, .growth = 0.001}) == Approx(605.17));
    CHECK(remaining_units({.log_e = 5.0, .alpha = 0.01, .growth = -1.0}) == 0.0);
}

TEST_CASE("what does not grow never arrives", "[stats][forecast]") {
    CHECK(std::isinf(remaining_units({.log_e = 0.0, .alpha = 0.01, .growth = 0.0})));
    CHECK(std::isinf(remaining_units({.log_e = 0.0, .alpha = 0.01, .growth = -0.1})));
}

// Wald's oracle for 1 -> 2 % at halves: ln(100) / KL = 5,420 by bad outcomes alone.
TEST_CASE("a plan is about the oracle's sample size", "[stats][forecast]") {
    rae_rollback const test{{}};
    double const growth = test.growth_in({.pi = 0.5, .a = 0.01, .b = 0.02});

    CHECK(
        remaining_units({.log_e = 0.0, .alpha = 0.01, .growth = growth}) ==
        Approx(5'420).epsilon(0.02)
    );
}
