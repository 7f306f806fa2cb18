#include "proxy/stats/slo_breach.hpp"

#include "proxy/stats/closed_forms.hpp"

#include "tests/unit/stats/enumeration.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <vector>

using namespace millrace::stats;           // NOLINT(google-build-using-namespace)
using namespace millrace::stats::testing;  // NOLINT(google-build-using-namespace)

TEST_CASE("a breach is the closed form, tick by tick", "[stats][slo]") {
    slo_breach const test{{.tolerated = 0.01}};
    auto state = test.observe(test.start(), {.count = 400, .bad = 3});
    state = test.observe(state, {.count = 600, .bad = 22});

    std::vector<double> const grid{0.011, 0.0125, 0.015, 0.02, 0.03, 0.05, 0.1};

    CHECK(log_e(state).value() == Approx(slo_exceedance_log_e({25.0, 1000.0, 0.01}, grid)));
}

TEST_CASE("within the objective the mean of E does not grow", "[stats][slo]") {
    for (double const tolerated : {0.001, 0.01, 0.3, 0.9}) {
        slo_breach const test{{.tolerated = tolerated}};
        for (double const rate : {0.0, tolerated / 2.0, tolerated}) {
            CAPTURE(tolerated, rate);
            double mean = 0.0;
            for (unsigned bad = 0; bad <= 3; ++bad) {
                auto const state = test.observe(test.start(), {.count = 3, .bad = bad});
                mean += binomial(3, bad, rate) * std::exp(log_e(state).value());
            }
            CHECK(mean <= 1.0 + 1e-12);
        }
        CHECK(test.growth_at(tolerated) <= 1e-15);
        CHECK(test.growth_at(std::min(2.0 * tolerated, 1.0)) > 0.0);
    }
}

TEST_CASE("an incident of both versions rolls nothing back", "[stats][slo]") {
    slo_rollback const test{{.tolerated = 0.01}};

    auto const state = after_history(test, test.start(), {.pi = 0.5, .a = 0.2, .b = 0.2}, 60, 8);

    CHECK(log_e(state.breach).value() > 50.0);
    CHECK(log_e(state).value() < std::log(100.0));
}

TEST_CASE("a candidate that is worse but inside the objective stays", "[stats][slo]") {
    slo_rollback const test{{.tolerated = 0.1}};

    auto const state =
        after_history(test, test.start(), {.pi = 0.5, .a = 0.001, .b = 0.02}, 200, 8);

    CHECK(log_e(state.worse).value() > 10.0);
    CHECK(log_e(state).value() < 0.0);
}

TEST_CASE("a candidate that alone breaks the objective goes", "[stats][slo]") {
    slo_rollback const test{{.tolerated = 0.01}};

    auto const state = after_history(test, test.start(), {.pi = 0.5, .a = 0.005, .b = 0.05}, 60, 8);

    CHECK(log_e(state).value() > std::log(100.0));
    CHECK(test.growth_in({.pi = 0.5, .a = 0.005, .b = 0.05}) > 0.0);
    CHECK(test.growth_in({.pi = 0.5, .a = 0.05, .b = 0.05}) <= 0.0);
}

TEST_CASE("outcomes of a pi out of range enter neither half", "[stats][slo]") {
    slo_rollback const test{{}};

    auto const state = test.observe(test.start(), {.pi = 0.999, .count_b = 1000, .bad_b = 1000});

    CHECK(state.breach == test.start().breach);
    CHECK(state.worse.excluded == 1000);
    CHECK(slo_rollback::with_new_threshold(state).worse.past == past_rate{});
}
