// Published values stand in tests/vectors/group_sequential.json, which tests/unit/app checks.
#include "proxy/stats/group_sequential.hpp"

#include "tests/unit/stats/enumeration.hpp"

#include <boost/math/distributions/normal.hpp>
#include <catch2/catch.hpp>

#include <cmath>

using namespace millrace::stats;  // NOLINT(google-build-using-namespace): every line here needs it

TEST_CASE("one look at the end is the planned test", "[stats][design]") {
    auto const quantile = [](double tail) {
        return boost::math::quantile(boost::math::complement(boost::math::normal{}, tail));
    };

    CHECK(
        group_sequential_bounds(std::vector{1.0}, {.alpha = 0.05, .sides = 1})[0] ==
        Approx(quantile(0.05))
    );
    CHECK(
        group_sequential_bounds(std::vector{1.0}, {.alpha = 0.05, .sides = 2})[0] ==
        Approx(quantile(0.025))
    );
}

TEST_CASE("bounds are above the planned test and fall", "[stats][design]") {
    auto const bounds = group_sequential_bounds(std::vector{0.2, 0.4, 0.6, 0.8, 1.0}, {});

    for (std::size_t i = 1; i < bounds.size(); ++i) {
        CHECK(bounds[i] < bounds[i - 1]);
    }
    CHECK(bounds.back() > 1.96);
    CHECK(bounds.back() < 2.2);
}

TEST_CASE("looks that add or spend nothing are marked", "[stats][design]") {
    auto const repeated = group_sequential_bounds(std::vector{0.5, 0.5, 1.0}, {});
    auto const tiny = group_sequential_bounds(std::vector{1e-9, 0.5, 1.0}, {});

    CHECK(repeated[0] == repeated[1]);
    CHECK(tiny[0] == 8.0);
    CHECK(repeated[2] == Approx(tiny[2]).epsilon(1e-4));
}

TEST_CASE("spending later makes early bounds higher", "[stats][design]") {
    std::vector const looks{0.25, 1.0};

    auto const early = group_sequential_bounds(looks, {.phi = 1.0});
    auto const late = group_sequential_bounds(looks, {.phi = 3.0});

    CHECK(early[0] < late[0]);
    CHECK(early[1] > late[1]);
}

// 10 % one-sided over five looks: 1,000 of 10,000 +- 5 standard deviations.
TEST_CASE("seeded: chance crosses as often as it may", "[stats][design]") {
    std::vector const looks{0.2, 0.4, 0.6, 0.8, 1.0};
    auto const bounds = group_sequential_bounds(looks, {.alpha = 0.1, .sides = 1, .phi = 1.5});
    millrace::random_source random{8};
    int crossed = 0;
    for (int run = 0; run < 10'000; ++run) {
        double sum = 0.0;
        for (std::size_t i = 0; i < looks.size(); ++i) {
            double const radius = std::sqrt(-2.0 * std::log(1.0 - testing::uniform(random)));
            sum += std::sqrt(0.2) * radius * std::cos(2.0 * M_PI * testing::uniform(random));
            if (sum / std::sqrt(looks[i]) > bounds[i]) {
                ++crossed;
                break;
            }
        }
    }

    CHECK(crossed > 850);
    CHECK(crossed < 1150);
}
