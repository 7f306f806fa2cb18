#include "proxy/stats/bet.hpp"

#include "tests/unit/stats/enumeration.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace millrace::stats;  // NOLINT(google-build-using-namespace): every line here needs it
using millrace::stats::testing::for_each_tick;

namespace {

double mean_of(const bet& placed, const rates& world) {
    double mean = 0.0;
    for_each_tick(world, 2, [&](double probability, const tick& seen) {
        mean += probability * std::exp(log_factor(placed, seen));
    });
    return mean;
}

}  // namespace

TEST_CASE("an event bet pays the ratio of the arms' likelihoods", "[stats][bet]") {
    auto const placed = event_bet(0.25, 3.0, 1.0);

    // pi r / (pi r + 1 - pi) = .75 / 1.5
    CHECK(std::exp(placed.bad_b) == Approx(0.5 / 0.25));
    CHECK(std::exp(placed.bad_a) == Approx(0.5 / 0.75));
    CHECK(placed.good_a == 0.0);
    CHECK(placed.good_b == 0.0);
}

TEST_CASE("a bet has mean 1 at the edge of its null hypothesis", "[stats][bet]") {
    for (double const pi : {0.005, 0.1, 0.5, 0.995}) {
        CAPTURE(pi);
        for (double const rate : {1e-6, 0.01, 0.3, 0.9}) {
            for (double const ratio : {0.25, 0.93, 1.1, 20.0}) {
                CAPTURE(rate, ratio);
                CHECK(mean_of(event_bet(pi, ratio, 1.0), {pi, rate, rate}) == Approx(1.0));
                CHECK(mean_of(full_bet(pi, ratio, 0.02), {pi, rate, rate}) == Approx(1.0));
                CHECK(mean_of(coin_bet(pi, ratio), {pi, rate, rate}) == Approx(1.0));
            }
        }
        CHECK(mean_of(event_bet(pi, 2.0, 1.5), {pi, 0.02, 0.03}) == Approx(1.0));
        CHECK(mean_of(rate_bet(0.02, 0.01), {pi, 0.5, 0.01}) == Approx(1.0));
    }
}

TEST_CASE("a bet on harm loses on a better candidate, one on benefit on a worse", "[stats][bet]") {
    for (double const pi : {0.05, 0.5, 0.9}) {
        for (double const rate : {0.001, 0.2, 0.98}) {
            CAPTURE(pi, rate);
            CHECK(mean_of(full_bet(pi, 2.0, rate), {pi, 0.3, 0.2}) <= 1.0);
            CHECK(mean_of(full_bet(pi, 0.5, rate), {pi, 0.2, 0.3}) <= 1.0);
            CHECK(mean_of(event_bet(pi, 2.0, 1.0), {pi, 0.3, 0.2}) <= 1.0);
        }
    }
}

TEST_CASE("in a total outage a bet keeps its direction", "[stats][bet]") {
    for (double const pi : {0.005, 0.1, 0.5, 0.995}) {
        for (double const ratio : {0.25, 0.93, 1.1, 1.35, 20.0}) {
            CAPTURE(pi, ratio);
            auto const placed = full_bet(pi, ratio, 0.98);
            bool const on_harm = ratio > 1.0;
            CHECK((placed.bad_b > 0.0) == on_harm);
            CHECK((placed.bad_a < 0.0) == on_harm);
            CHECK((placed.good_b < 0.0) == on_harm);
            CHECK((placed.good_a > 0.0) == on_harm);
        }
    }
}

TEST_CASE("the neutral ratio bets nothing", "[stats][bet]") {
    auto const placed = full_bet(0.3, 1.0, 0.07);

    CHECK(std::abs(placed.bad_b) < 1e-15);
    CHECK(std::abs(placed.good_a) < 1e-15);
}

TEST_CASE("growth is the mean of the logarithm per outcome", "[stats][bet]") {
    rates const world{.pi = 0.2, .a = 0.1, .b = 0.3};
    auto const placed = full_bet(0.2, 3.0, 0.14);
    double mean = 0.0;

    for_each_tick(world, 1, [&](double probability, const tick& seen) {
        mean += probability * log_factor(placed, seen);
    });

    CHECK(growth(placed, world) == Approx(mean));
}
