#include "proxy/stats/slo_kept.hpp"

#include "tests/unit/stats/enumeration.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace millrace::stats;           // NOLINT(google-build-using-namespace)
using namespace millrace::stats::testing;  // NOLINT(google-build-using-namespace)

TEST_CASE("a version that breaks its objective is not promoted in the mean", "[stats][slo]") {
    for (double const tolerated : {0.001, 0.05, 0.9}) {
        slo_kept const test{{.tolerated = tolerated}};
        for (double const rate : {tolerated, std::min(1.0, 2.0 * tolerated)}) {
            CAPTURE(tolerated, rate);
            CHECK(mean_factor(test, test.start(), {.pi = 0.3, .a = 0.5, .b = rate}) <= 1.0 + 1e-12);
        }
    }
}

TEST_CASE("a version that keeps its objective is found, whatever the other does", "[stats][slo]") {
    slo_kept const test{{.tolerated = 0.01}};

    auto const state = after_history(test, test.start(), {.pi = 0.5, .a = 0.5, .b = 0.001}, 100, 7);

    CHECK(log_e(state).value() > std::log(100.0));
    CHECK(test.growth_in({.pi = 0.5, .a = 0.5, .b = 0.001}) > 0.0);
    CHECK(test.growth_in({.pi = 0.5, .a = 0.0, .b = 0.01}) <= 0.0);
}
