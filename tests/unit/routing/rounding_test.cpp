#include "proxy/routing/rounding.hpp"

#include "proxy/base/random.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <numeric>

namespace millrace::routing {

using masses = std::vector<std::uint32_t>;

TEST_CASE("the largest remainders are rounded up", "[routing]") {
    // Quotas 45875.2, 13107.2 and 6553.6.
    std::vector<weight> const weights{{70}, {20}, {10}};

    CHECK(rounded_masses(weights, {}) == masses{45875, 13107, 6554});
}

TEST_CASE("of equal remainders the first is rounded up", "[routing]") {
    std::vector<weight> const weights{{1}, {1}, {1}};

    CHECK(rounded_masses(weights, {}) == masses{21846, 21845, 21845});
}

TEST_CASE("any weight above zero gets a unit", "[routing]") {
    std::vector<weight> const weights{{1}, {1'000'000}, {0}, {1}};

    CHECK(rounded_masses(weights, {}) == masses{1, 65534, 0, 1});
}

TEST_CASE("a version at one of its two roundings keeps it", "[routing]") {
    std::vector<weight> const weights{{1}, {1}, {1}};
    masses const second{21845, 21846, 21845};

    CHECK(rounded_masses(weights, second) == second);
}

TEST_CASE("masses sum to 65536 and stay within one unit of the quota", "[routing]") {
    random_source random{3};
    for (int round = 0; round < 2'000; ++round) {
        std::vector<weight> weights;
        double sum = 0;
        for (std::uint32_t i = 0; i < 1 + random.below(12); ++i) {
            weights.push_back({100 + random.below(10'000)});
            sum += weights.back().value;
        }

        auto const made = rounded_masses(weights, {});

        REQUIRE(std::accumulate(made.begin(), made.end(), 0U) == 65536);
        for (std::size_t i = 0; i < made.size(); ++i) {
            REQUIRE(std::abs(made[i] - weights[i].value * 65536.0 / sum) < 1.0);
        }
    }
}

}  // namespace millrace::routing
