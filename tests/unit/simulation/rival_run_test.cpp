#include "proxy/simulation/rival_run.hpp"

#include "proxy/simulation/summary.hpp"

#include "tests/unit/simulation/worlds.hpp"

#include <catch2/catch.hpp>

namespace millrace::simulation {

namespace {

summary runs_of(const rival& rule, const world_params& world) {
    return summarize(
        run_many(300, 1, [&](std::uint64_t seed) { return rule.run(world, ramp(), seed); }),
        truth_of(world, ramp())
    );
}

}  // namespace

TEST_CASE("far from their threshold all rules promote an equal candidate", "[simulation]") {
    for (auto const& rule : rivals()) {
        CAPTURE(rule.name);
        CHECK(
            runs_of(rule, world_of({.primary = 0.001, .candidate = 0.001})).promoted.value() > 0.97
        );
    }
}

TEST_CASE("at their threshold they toss coins over identical versions", "[simulation]") {
    auto const world = world_of({.primary = 0.01, .candidate = 0.01});

    CHECK(runs_of(rivals()[0], world).rolled_back.value() == Approx(0.33).margin(0.12));
    CHECK(runs_of(rivals()[1], world).rolled_back.value() == Approx(0.82).margin(0.1));
    CHECK(runs_of(rivals()[2], world).rolled_back.value() == Approx(0.47).margin(0.12));
}

TEST_CASE("their time is counted in minutes, their exposure in requests", "[simulation]") {
    auto const result = rivals()[2].run(world_of({.primary = 0, .candidate = 0}), ramp(), 1);

    CHECK(result.time == std::chrono::minutes{10});
    CHECK(result.requests == Approx(6'000).epsilon(0.05));
    CHECK(result.exposure == Approx(1'200).epsilon(0.15));
    CHECK(result == rivals()[2].run(world_of({.primary = 0, .candidate = 0}), ramp(), 1));
}

}  // namespace millrace::simulation
