#include "proxy/iter8/weights.hpp"

#include <catch2/catch.hpp>

#include <numeric>

using namespace millrace::iter8;

namespace {

using percents = std::vector<double>;
using whole = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE("a tenth explores, the rest goes to the best", "[iter8]") {
    CHECK(unlimited_weights(2, {}) == percents{95, 5});
    CHECK(unlimited_weights(2, {1}) == percents{5, 95});
    CHECK(unlimited_weights(2, {0, 1}) == percents{50, 50});
}

TEST_CASE("what a candidate may not have goes to the baseline", "[iter8]") {
    weight_limits const limits{40.0, 10.0};

    CHECK(constrained_weights({20, 30, 50}, {20, 40, 40}, limits) == percents{30, 30, 40});
    CHECK(constrained_weights({5, 95}, {50, 50}, weight_limits{53.0, 2.0}) == percents{48, 52});
    CHECK(constrained_weights({5, 95}, {}, std::nullopt) == percents{5, 95});
}

TEST_CASE("limits that are left out are the analytics' own", "[iter8]") {
    CHECK(constrained_weights({5, 95}, {}, weight_limits{}) == percents{95, 5});
    CHECK(constrained_weights({5, 95}, {}, weight_limits{3.0, {}}) == percents{97, 3});
}

TEST_CASE("a candidate may lose any amount at once", "[iter8]") {
    CHECK(constrained_weights({95, 5}, {5, 95}, weight_limits{100.0, 1.0}) == percents{95, 5});
}

TEST_CASE("whole weights add up to a hundred and stay next to the exact ones", "[iter8]") {
    CHECK(rounded_weights({95, 5}) == whole{95, 5});
    CHECK(rounded_weights(unlimited_weights(3, {1, 2})) == whole{4, 48, 48});
    CHECK(rounded_weights({0, 0}) == whole{50, 50});
    CHECK(rounded_weights({10.0 / 3, 10.0 / 3, 90 + 10.0 / 3}) == whole{4, 3, 93});
    for (auto const count : {1U, 3U, 7U, 9U}) {
        auto const weights = rounded_weights(percents(count, 1.0));
        CHECK(std::accumulate(weights.begin(), weights.end(), 0U) == 100);
    }
}

TEST_CASE("conformance moves no weight", "[iter8]") {
    experiment of;
    of.testing = testing_pattern::conformance;
    of.versions = {{"v", {}}};
    CHECK(recommended_weights(of, {0}).empty());

    of.testing = testing_pattern::canary;
    of.versions.push_back({"w", {}});
    of.weights = weight_limits{100.0, 10.0};
    CHECK(recommended_weights(of, {1}) == whole{90, 10});
}
