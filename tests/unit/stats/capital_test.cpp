#include "proxy/stats/capital.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <vector>

using namespace millrace::stats;  // NOLINT(google-build-using-namespace): every line here needs it

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("logarithms add up without overflow", "[stats][capital]") {
    CHECK(log_sum_exp(std::vector{0.0, 0.0}) == Approx(std::log(2.0)));
    CHECK(log_sum_exp(std::vector{5000.0, 5000.0}) == Approx(5000.0 + std::log(2.0)));
    CHECK(log_sum_exp(std::vector{-5000.0, -infinity}) == -5000.0);
    CHECK(log_sum_exp(std::vector{-infinity, -infinity}) == -infinity);
    CHECK(std::isnan(log_sum_exp(std::vector{1.0, std::nan("")})));
}

TEST_CASE("capital begins at 1 and grows by what its accounts win", "[stats][capital]") {
    auto const start = invest<2>({0.25, 0.75});
    bets<2> placed;
    placed[0].bad_b = std::log(4.0);
    placed[1].bad_b = std::log(0.5);

    auto const later = after(start, placed, {.pi = 0.5, .count_b = 2, .bad_b = 2});

    CHECK(log_total(start) == Approx(0.0).margin(1e-15));
    CHECK(std::exp(log_total(later)) == Approx(0.25 * 16.0 + 0.75 * 0.25));
}

TEST_CASE("sharing keeps the sum and lifts the poor", "[stats][capital]") {
    capital<3> const held{{3.0, -2000.0, -infinity}};
    shares<3> const prior{0.5, 0.25, 0.25};

    auto const shared = redistributed(held, prior, 0.01);

    CHECK(log_total(shared) == Approx(3.0));
    CHECK(shared.log_parts[1] == Approx(3.0 + std::log(0.0025)));
    CHECK(shared.log_parts[2] == Approx(3.0 + std::log(0.0025)));
}

TEST_CASE("a logarithm that is not finite is no evidence", "[stats][capital]") {
    CHECK(finite_log_e(-3.0) == -3.0);
    CHECK_FALSE(finite_log_e(infinity));
    CHECK_FALSE(finite_log_e(-infinity));
    CHECK_FALSE(finite_log_e(std::nan("")));
}

TEST_CASE("the best account with money in it sets the speed", "[stats][capital]") {
    bets<2> placed;
    placed[0] = coin_bet(0.5, 2.0);
    placed[1] = coin_bet(0.5, 1.5);
    rates const world{.pi = 2.0 / 3.0};

    CHECK(best_growth(placed, {0.5, 0.5}, world) == Approx(growth(placed[0], world)));
    CHECK(best_growth(placed, {0.0, 1.0}, world) == Approx(growth(placed[1], world)));
}
