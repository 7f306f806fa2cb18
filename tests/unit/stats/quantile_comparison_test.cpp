#include "proxy/stats/quantile_comparison.hpp"

#include "tests/unit/stats/enumeration.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <numeric>
#include <vector>

using namespace millrace::stats;  // NOLINT(google-build-using-namespace): every line here needs it

namespace {

std::vector<double> consecutive(std::size_t count, double first) {
    std::vector<double> values(count);
    std::iota(values.begin(), values.end(), first);
    return values;
}

}  // namespace

// Source: gostevehoward/confseq, test/uniform_boundaries_unittest.cpp (MIT).
TEST_CASE("published p-values of shifted samples", "[stats][quantile]") {
    auto const shifted_by = [](double shift, double quantile_p) {
        return quantile_ab_p_value(
            consecutive(1000, 1.0),
            consecutive(1000, 1.0 + shift),
            {.quantile_p = quantile_p, .t_opt = 100.0}
        );
    };

    CHECK(shifted_by(70.0, 0.5) == Approx(0.814704).margin(1e-5));
    CHECK(shifted_by(85.0, 0.5) == Approx(0.0838055).margin(1e-5));
    CHECK(shifted_by(100.0, 0.5) == Approx(0.0054947).margin(1e-5));
    CHECK(shifted_by(55.0, 0.9) == Approx(0.0340463).margin(1e-5));
}

TEST_CASE("the arms may be exchanged", "[stats][quantile]") {
    auto const a = consecutive(200, 0.0);
    auto const b = consecutive(300, 40.5);

    for (double const p : {0.1, 0.5, 0.99}) {
        CHECK(
            quantile_ab_p_value(a, b, {.quantile_p = p}) ==
            Approx(quantile_ab_p_value(b, a, {.quantile_p = p}))
        );
    }
}

TEST_CASE("equal, tied and tiny samples are no evidence", "[stats][quantile]") {
    std::vector<double> const one{1.0};
    std::vector<double> const tied(500, 3.0);

    CHECK(quantile_ab_p_value(one, one, {}) == 1.0);
    CHECK(quantile_ab_p_value(one, tied, {}) == 1.0);
    CHECK(quantile_ab_p_value(tied, tied, {.quantile_p = 0.99}) == 1.0);
}

TEST_CASE("samples apart are evidence", "[stats][quantile]") {
    std::vector<double> const low(500, 3.0);
    std::vector<double> const high(500, 4.0);

    CHECK(quantile_ab_p_value(low, high, {}) < 1e-50);
}

// Against the minimum over every value of both arms, not only those between the quantiles.
TEST_CASE("the search between the quantiles misses nothing", "[stats][quantile]") {
    millrace::random_source random{6};
    auto const drawn = [&](std::size_t count, double scale) {
        std::vector<double> values(count);
        for (auto& value : values) {
            value = std::floor(scale * testing::uniform(random));
        }
        std::sort(values.begin(), values.end());
        return values;
    };
    for (int i = 0; i < 20; ++i) {
        auto const a = drawn(150, 30.0);
        auto const b = drawn(180, 36.0);
        auto wide_a = a;
        wide_a.front() = -1e9;
        CHECK(quantile_ab_p_value(a, b, {.quantile_p = 0.7}) >= 0.0);
        CHECK(
            quantile_ab_p_value(a, b, {.quantile_p = 0.7}) ==
            Approx(quantile_ab_p_value(wide_a, b, {.quantile_p = 0.7}))
        );
    }
}
