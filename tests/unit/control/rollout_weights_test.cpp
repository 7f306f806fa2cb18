#include "proxy/control/rollout_weights.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <string>

namespace millrace::control {

namespace {

routing::route_state route_with(const std::vector<std::uint32_t>& weights) {
    routing::route_params params;
    params.name = "risk";
    for (std::size_t i = 0; i < weights.size(); ++i) {
        params.backend_refs.push_back({"v" + std::to_string(i), {weights[i]}});
    }
    return routing::initial_state(params);
}

std::vector<std::uint32_t> values(const std::vector<weight>& weights) {
    std::vector<std::uint32_t> numbers;
    for (auto const& each : weights) {
        numbers.push_back(each.value);
    }
    return numbers;
}

rollout::state shares(const std::vector<double>& percents) {
    rollout::state state;
    for (auto const percent : percents) {
        state.candidates.push_back({.share = percent, .out = false, .why_out = {}});
    }
    return state;
}

}  // namespace

TEST_CASE("a share is exact to a hundredth of a percent", "[control]") {
    auto const running = route_with({100, 0});

    CHECK(
        values(weights_for(running, {0, 1}, shares({5}))) == std::vector<std::uint32_t>{9500, 500}
    );
    CHECK(
        values(weights_for(running, {0, 1}, shares({0.01}))) == std::vector<std::uint32_t>{9999, 1}
    );
    CHECK(
        values(weights_for(running, {0, 1}, shares({100}))) == std::vector<std::uint32_t>{0, 10000}
    );
}

TEST_CASE("several candidates leave the primary the rest", "[control]") {
    auto const running = route_with({0, 100, 0});

    auto const weights = weights_for(running, {1, 0, 2}, shares({20, 30}));

    CHECK(values(weights) == std::vector<std::uint32_t>{2000, 5000, 3000});
}

TEST_CASE("a version that takes no part keeps its share of all", "[control]") {
    auto const running = route_with({60, 40, 0});

    auto const weights = weights_for(running, {0, 2}, shares({50}));

    double const sum = weights[0].value + weights[1].value + weights[2].value;
    CHECK(weights[1].value / sum == Approx(0.4));
    CHECK(weights[0].value == weights[2].value);
}

TEST_CASE("weights that were set over and over stay in range", "[control]") {
    auto running = route_with({999'999, 7, 0});

    for (int i = 0; i < 20; ++i) {
        auto const weights = weights_for(running, {0, 2}, shares({i % 2 == 0 ? 10.0 : 90.0}));
        for (auto const& each : weights) {
            REQUIRE(each.value <= weight::value_max);
        }
        running = routing::with_weights(running, weights);
    }
    CHECK(running.refs[1].weight.value >= 7);
}

TEST_CASE("whether a candidate holds anything is seen in the partition", "[control]") {
    CHECK(has_candidate_units(route_with({90, 10}), {0, 1}));
    CHECK_FALSE(has_candidate_units(route_with({90, 0, 10}), {0, 1}));
}

TEST_CASE("without its candidates a route gives them a new place", "[control]") {
    auto const running = route_with({80, 20});

    auto const nobody = without_candidates(running, {0, 1}, shares({20}));
    auto const anew = routing::with_weights(nobody, weights_for(nobody, {0, 1}, shares({20})));

    CHECK(nobody.epoch == running.epoch + 1);
    CHECK(nobody.split.masses()[1] == 0);
    CHECK(anew.split.masses()[1] == running.split.masses()[1]);
    CHECK(anew.split != running.split);
}

}  // namespace millrace::control
