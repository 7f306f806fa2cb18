#include "proxy/stats/sample_ratio.hpp"

#include "tests/unit/stats/enumeration.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace millrace::stats;           // NOLINT(google-build-using-namespace)
using namespace millrace::stats::testing;  // NOLINT(google-build-using-namespace)

TEST_CASE("while units follow the coin the mean of E is 1", "[stats][srm]") {
    sample_ratio const test;
    for (double const pi : {0.005, 0.1, 0.5, 0.95}) {
        CAPTURE(pi);
        CHECK(mean_factor(test, test.start(), {.pi = pi}, 4) == Approx(1.0));
    }
}

TEST_CASE("the closed form has mean 1 too", "[stats][srm]") {
    double mean = 0.0;
    for (unsigned in_b = 0; in_b <= 6; ++in_b) {
        mean += binomial(6, in_b, 0.2) *
                std::exp(sample_ratio_log_e({static_cast<double>(in_b), 6.0, 0.2, 500.0}));
    }

    CHECK(mean == Approx(1.0));
    CHECK(sample_ratio_log_e({0.0, 0.0, 0.2, 500.0}) == Approx(0.0).margin(1e-12));
}

TEST_CASE("a biased assignment is found from both sides, through changes of pi", "[stats][srm]") {
    sample_ratio const test;
    for (double const shift : {-0.05, 0.05}) {
        millrace::random_source random{6};
        auto state = test.start();
        for (int i = 0; i < 200; ++i) {
            double const pi = i < 100 ? 0.25 : 0.5;
            auto seen = drawn_tick({.pi = pi + shift}, 50, random);
            seen.pi = pi;
            state = test.observe(state, seen);
        }
        CHECK(log_e(state).value() > std::log(1000.0));
    }
}

TEST_CASE("what happened to the units does not matter", "[stats][srm]") {
    sample_ratio const test;

    auto const good = test.observe(test.start(), {.pi = 0.4, .count_a = 50, .count_b = 60});
    auto const bad = test.observe(
        test.start(), {.pi = 0.4, .count_a = 50, .count_b = 60, .bad_a = 50, .bad_b = 1}
    );

    CHECK(log_e(good).value() == Approx(log_e(bad).value()));
}

TEST_CASE("growth needs a wrong coin", "[stats][srm]") {
    CHECK(sample_ratio::growth_at(0.5, 0.5) <= 0.0);
    CHECK(sample_ratio::growth_at(0.5, 0.52) > 0.0);
    CHECK(sample_ratio::growth_at(0.5, 0.48) == Approx(sample_ratio::growth_at(0.5, 0.52)));
}

TEST_CASE("the closed form stands huge counts", "[stats][srm]") {
    double const fair = sample_ratio_log_e({5e8, 1e9, 0.5, 500.0});
    CHECK(fair < 0.0);
    CHECK(fair > -20.0);
    CHECK(sample_ratio_log_e({5.01e8, 1e9, 0.5, 500.0}) > 100.0);
}
