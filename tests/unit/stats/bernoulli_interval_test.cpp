// Published values stand in tests/vectors/confidence_sequences.json, which tests/unit/app checks.
#include "proxy/stats/bernoulli_interval.hpp"

#include "tests/unit/stats/enumeration.hpp"

#include <catch2/catch.hpp>

using namespace millrace::stats;  // NOLINT(google-build-using-namespace): every line here needs it

TEST_CASE("the interval holds the observed mean and mirrors", "[stats][bernoulli]") {
    bernoulli_interval_params const params{.alpha = 0.05, .t_opt = 100.0};
    for (double const successes : {0.0, 1.0, 7.5, 50.0, 99.0, 100.0}) {
        CAPTURE(successes);
        auto const covered = bernoulli_confidence_interval(successes, 100.0, params);
        auto const mirrored = bernoulli_confidence_interval(100.0 - successes, 100.0, params);

        CHECK(covered.lower <= successes / 100.0);
        CHECK(covered.upper >= successes / 100.0);
        CHECK(covered.lower == Approx(1.0 - mirrored.upper).margin(1e-9));
    }
}

TEST_CASE("the interval narrows with trials and widens with confidence", "[stats][bernoulli]") {
    auto const width = [](double trials, double alpha) {
        auto const covered =
            bernoulli_confidence_interval(0.3 * trials, trials, {.alpha = alpha, .t_opt = 100.0});
        return covered.upper - covered.lower;
    };

    CHECK(width(1e3, 0.05) < width(1e2, 0.05));
    CHECK(width(1e7, 0.05) < 0.01);
    CHECK(width(1e3, 0.001) > width(1e3, 0.05));
}

// 20 % over all times: more than 60 of 150 has probability below 1e-8.
TEST_CASE("seeded: the mean is covered at all times at once", "[stats][bernoulli]") {
    millrace::random_source random{5};
    int missed = 0;
    for (int run = 0; run < 150; ++run) {
        double successes = 0.0;
        bool miss = false;
        for (int trial = 1; trial <= 200 && !miss; ++trial) {
            successes += testing::uniform(random) < 0.3 ? 1.0 : 0.0;
            if (trial % 20 == 0) {
                auto const covered =
                    bernoulli_confidence_interval(successes, trial, {.alpha = 0.2, .t_opt = 100.0});
                miss = covered.lower > 0.3 || covered.upper < 0.3;
            }
        }
        missed += miss ? 1 : 0;
    }

    CHECK(missed <= 60);
}
