// Published values stand in tests/vectors/evidence.json, which tests/unit/app checks.
#include "proxy/stats/closed_forms.hpp"

#include "tests/unit/stats/enumeration.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <vector>

using namespace millrace::stats;  // NOLINT(google-build-using-namespace): every line here needs it

TEST_CASE("without events there is no evidence", "[stats][forms]") {
    CHECK(rae_event_log_e({}, default_event_mixture()) == Approx(0.0).margin(1e-12));
    CHECK(
        slo_exceedance_log_e({0.0, 0.0, 0.01}, std::vector{0.02, 0.05}) == Approx(0.0).margin(1e-12)
    );
    CHECK(bernoulli_sr_edetector(0.1, std::vector{0.2}, "").empty());
}

TEST_CASE("segments of one pi may be pooled, of two they may not", "[stats][forms]") {
    auto const mixture = default_event_mixture();
    std::vector<event_segment> const apart{{5.0, 2.0, 0.2}, {7.0, 3.0, 0.2}};
    std::vector<event_segment> const pooled{{12.0, 5.0, 0.2}};
    std::vector<event_segment> const ramp{{5.0, 2.0, 0.2}, {7.0, 3.0, 0.5}};

    CHECK(rae_event_log_e(apart, mixture) == Approx(rae_event_log_e(pooled, mixture)));
    CHECK(rae_event_log_e(ramp, mixture) != Approx(rae_event_log_e(pooled, mixture)));
}

TEST_CASE("weights are scaled, and those of 0 leave their ratio out", "[stats][forms]") {
    std::vector<event_segment> const seen{{5.0, 12.0, 0.5}};

    CHECK(
        rae_event_log_e(seen, {1.0, {1.5, 2.0}, {2.0, 0.0}}) ==
        Approx(rae_event_log_e(seen, {1.0, {1.5}, {1.0}}))
    );
}

TEST_CASE("a mixture of one ratio is a likelihood ratio", "[stats][forms]") {
    std::vector<event_segment> const seen{{3.0, 4.0, 0.5}};

    double const expected = 4.0 * std::log((2.0 / 3.0) / 0.5) + 3.0 * std::log((1.0 / 3.0) / 0.5);

    CHECK(rae_event_log_e(seen, {1.0, {2.0}, {1.0}}) == Approx(expected));
}

TEST_CASE("huge counts stay finite", "[stats][forms]") {
    std::vector<event_segment> const seen{{1e9, 2e9, 0.5}};

    CHECK(rae_event_log_e(seen, default_event_mixture()) == Approx(1.699e8).epsilon(0.01));
    CHECK(std::isfinite(slo_exceedance_log_e({1e9, 1e9, 0.01}, std::vector{0.05})));
}

// For bits of mean p0 the sum M is a martingale that gains 1 a step.
TEST_CASE("the e-detector gains one a step while nothing changed", "[stats][forms]") {
    std::vector<double> const grid{0.3, 0.7};
    double mean = 0.0;
    for (unsigned bits = 0; bits < 16; ++bits) {
        std::string text;
        double probability = 1.0;
        for (unsigned i = 0; i < 4; ++i) {
            bool const set = (bits >> i & 1U) != 0;
            text += set ? '1' : '0';
            probability *= set ? 0.2 : 0.8;
        }
        mean += probability * bernoulli_sr_edetector(0.2, grid, text).back();
    }

    CHECK(mean == Approx(4.0));
}

TEST_CASE("betting with the moments of D has mean 1 at the edge", "[stats][forms]") {
    for (double const sign : {1.0, -1.0}) {
        double mean = 0.0;
        // All sequences of four outcomes with score 0 or 1; arms of means .5 (A) and .4 (B).
        for (unsigned code = 0; code < 256; ++code) {
            std::vector<contrast_outcome> outcomes;
            double probability = 1.0;
            for (unsigned i = 0; i < 4; ++i) {
                bool const candidate = (code >> (2 * i) & 1U) != 0;
                bool const good = (code >> (2 * i + 1) & 1U) != 0;
                outcomes.push_back({good ? 1.0 : 0.0, candidate, 0.3});
                double const rate = candidate ? 0.4 : 0.5;
                probability *= (candidate ? 0.3 : 0.7) * (good ? rate : 1.0 - rate);
            }
            mean +=
                probability * std::exp(ipw_betting_log_e(outcomes, {.sign = sign, .delta0 = -0.1}));
        }
        CHECK(mean == Approx(1.0));
    }
}

TEST_CASE("betting finds the better arm", "[stats][forms]") {
    millrace::random_source random{3};
    std::vector<contrast_outcome> outcomes;
    for (int i = 0; i < 3000; ++i) {
        bool const candidate = testing::uniform(random) < 0.5;
        double const y = 0.5 * testing::uniform(random) + (candidate ? 0.3 : 0.2);
        outcomes.push_back({y, candidate, 0.5});
    }

    CHECK(ipw_betting_log_e(outcomes, {.sign = 1.0, .delta0 = 0.0}) > std::log(100.0));
    CHECK(ipw_betting_log_e(outcomes, {.sign = -1.0, .delta0 = 0.0}) <= 0.0);
    CHECK(ipw_betting_log_e({}, {}) == 0.0);
}
