#include "proxy/stats/rae_promotion.hpp"

#include "tests/unit/stats/enumeration.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace millrace::stats;           // NOLINT(google-build-using-namespace)
using namespace millrace::stats::testing;  // NOLINT(google-build-using-namespace)

TEST_CASE("no evidence for a candidate beyond the margin grows in the mean", "[stats][rae]") {
    for (double const ratio : {1.1, 1.5, 2.0}) {
        rae_promotion const test{{.max_ratio = ratio, .floor = 0.02}};
        for (double const pi : {0.005, 0.1, 0.5, 0.95}) {
            for (double const rate_a : {0.0, 0.001, 0.05, 0.4}) {
                CAPTURE(ratio, pi, rate_a);
                rates const edge{.pi = pi, .a = rate_a, .b = std::max(rate_a * ratio, 0.02)};
                rates const worse{.pi = pi, .a = rate_a, .b = edge.b * 1.2};
                auto const history =
                    after_history(test, test.start(), {.pi = 0.3, .a = 0.1, .b = 0.05}, 4, 9);

                CHECK(mean_factor(test, test.start(), edge) <= 1.0 + 1e-12);
                CHECK(mean_factor(test, history, edge) <= 1.0 + 1e-12);
                CHECK(mean_factor(test, history, worse) <= 1.0 + 1e-12);
            }
        }
    }
}

TEST_CASE("two versions that never fail are told apart from two that do", "[stats][rae]") {
    rae_promotion const test{{.max_ratio = 1.5, .floor = 0.005}};

    auto const state = test.observe(test.start(), {.pi = 0.5, .count_a = 1700, .count_b = 1700});

    CHECK(log_e(state).value() > std::log(100.0));
}

TEST_CASE("ratios at or above the margin are not bet on", "[stats][rae]") {
    rae_promotion const narrow{{.max_ratio = 1.1, .floor = 0.005}};
    rae_promotion const wide{{.max_ratio = 1.5, .floor = 0.005}};
    double const none = -std::numeric_limits<double>::infinity();

    CHECK(narrow.start().held.log_parts[5] > none);
    CHECK(narrow.start().held.log_parts[6] == none);
    CHECK(narrow.start().held.log_parts[7] == none);
    CHECK(wide.start().held.log_parts[7] > none);
    CHECK(log_e(narrow.start()).value() == Approx(0.0).margin(1e-12));
}

TEST_CASE("ticks of one pi may be cut anywhere", "[stats][rae]") {
    rae_promotion const test{{}};

    auto const at_once = test.observe(
        test.start(), {.pi = 0.2, .count_a = 80, .count_b = 20, .bad_a = 4, .bad_b = 1}
    );
    auto in_two = test.observe(test.start(), {.pi = 0.2, .count_a = 50, .count_b = 5, .bad_a = 3});
    in_two =
        test.observe(in_two, {.pi = 0.2, .count_a = 30, .count_b = 15, .bad_a = 1, .bad_b = 1});

    CHECK(log_e(at_once).value() == Approx(log_e(in_two).value()));
}

TEST_CASE("a candidate grows towards promotion only below the margin", "[stats][rae]") {
    rae_promotion const test{{.max_ratio = 1.5, .floor = 0.005}};

    CHECK(test.growth_in({.pi = 0.5, .a = 0.01, .b = 0.01}) > 0.0);
    CHECK(test.growth_in({.pi = 0.5, .a = 0.01, .b = 0.015}) <= 0.0);
    CHECK(test.growth_in({.pi = 0.5, .a = 0.0, .b = 0.0}) > 0.0);
}

TEST_CASE("outcomes of a pi out of range do not promote", "[stats][rae]") {
    rae_promotion const test{{}};

    auto const state = test.observe(test.start(), {.pi = 1.0, .count_b = 100'000});

    CHECK(state.held == test.start().held);
    CHECK(state.excluded == 100'000);
}
