#include "proxy/stats/exceedance_margin.hpp"

#include "tests/unit/stats/enumeration.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace millrace::stats;           // NOLINT(google-build-using-namespace)
using namespace millrace::stats::testing;  // NOLINT(google-build-using-namespace)

TEST_CASE(
    "no evidence for a candidate that exceeds as often grows in the mean", "[stats][exceedance]"
) {
    exceedance_margin const test;
    for (double const pi : {0.005, 0.1, 0.5, 0.95}) {
        for (double const rate : {0.01, 0.5, 0.99}) {
            CAPTURE(pi, rate);
            auto const outage =
                after_history(test, test.start(), {.pi = 0.5, .a = 1.0, .b = 1.0}, 80, 4);

            CHECK(mean_factor(test, test.start(), {pi, rate, rate}) <= 1.0 + 1e-12);
            CHECK(mean_factor(test, test.start(), {pi, rate / 2.0, rate}) <= 1.0 + 1e-12);
            CHECK(mean_factor(test, outage, {pi, rate, rate}) <= 1.0 + 1e-12);
            CHECK(mean_factor(test, outage, {pi, rate / 2.0, rate}) <= 1.0 + 1e-12);
        }
    }
}

TEST_CASE("a candidate that exceeds its threshold less often is found", "[stats][exceedance]") {
    exceedance_margin const test;

    auto const state = after_history(test, test.start(), {.pi = 0.5, .a = 0.1, .b = 0.06}, 100, 5);

    CHECK(log_e(state).value() > std::log(100.0));
    CHECK(test.growth_in({.pi = 0.5, .a = 0.1, .b = 0.06}) > 0.0);
    CHECK(test.growth_in({.pi = 0.5, .a = 0.1, .b = 0.1}) <= 0.0);
}

TEST_CASE("new thresholds keep the evidence and forget the rate", "[stats][exceedance]") {
    exceedance_margin const test;
    auto const before = after_history(test, test.start(), {.pi = 0.5, .a = 0.1, .b = 0.06}, 10, 5);

    auto const anew = exceedance_margin::with_new_threshold(before);

    CHECK(log_e(anew) == log_e(before));
    CHECK(anew.past == past_rate{});
}
