#include "proxy/simulation/truth.hpp"

#include "tests/unit/simulation/worlds.hpp"

#include <catch2/catch.hpp>

namespace millrace::simulation {

TEST_CASE("a rollback is wrong where the candidate is never worse", "[simulation]") {
    CHECK(truth_of(world_of({}), ramp()) == truth{true, false});
    CHECK(truth_of(world_of({.candidate = 0.012}), ramp()) == truth{false, false});
    CHECK(truth_of(world_of({.candidate = 0.02}), ramp()) == truth{false, true});
}

TEST_CASE("at the margin a promotion is wrong", "[simulation]") {
    CHECK(truth_of(world_of({.candidate = 0.015}), ramp()).promotion_is_wrong);
    CHECK_FALSE(truth_of(world_of({.candidate = 0.01499}), ramp()).promotion_is_wrong);
}

TEST_CASE("below the floor a difference does not matter for promotion", "[simulation]") {
    CHECK(
        truth_of(world_of({.primary = 0.001, .candidate = 0.004}), ramp()) == truth{false, false}
    );
}

TEST_CASE("harm that comes later is harm, but no promotion before it is wrong", "[simulation]") {
    auto world = world_of({});
    world.versions[1].changes = {{.at = std::chrono::hours{1}, .error_rate = 0.5}};

    CHECK(truth_of(world, ramp()) == truth{false, false});
}

TEST_CASE("what hits both makes neither worse", "[simulation]") {
    auto world = world_of({});
    world.incidents = {
        {.at = milliseconds{1'000}, .lasts = milliseconds{1'000}, .error_factor = 8}};

    CHECK(truth_of(world, ramp()) == truth{true, false});
}

TEST_CASE("latency is judged at the primary's quantile", "[simulation]") {
    auto policy = ramp();
    policy.guardrails = {{.kind = rollout::metric_kind::latency, .max_ratio = 1.2}};
    auto world = world_of({.primary = 0, .candidate = 0});
    CHECK(truth_of(world, policy) == truth{true, false});

    world.versions[1].from_start.latency.median = microseconds{22'000};
    CHECK(truth_of(world, policy) == truth{false, false});
    world.versions[1].from_start.latency.median = microseconds{24'000};
    CHECK(truth_of(world, policy) == truth{false, true});
}

TEST_CASE("an objective is broken only by one that is worse than the primary", "[simulation]") {
    auto policy = ramp();
    policy.guardrails = {
        {.kind = rollout::metric_kind::latency, .quantile = 0.99, .slo = milliseconds{60}}};
    auto world = world_of({.primary = 0, .candidate = 0});
    CHECK(truth_of(world, policy) == truth{true, true});  // p99 is 81 ms, in both

    world.versions[1].from_start.latency.median = microseconds{22'000};
    CHECK(truth_of(world, policy) == truth{false, true});
    for (auto& each : world.versions) {
        each.from_start.latency.median = microseconds{10'000};
    }
    CHECK(truth_of(world, policy) == truth{true, false});
}

TEST_CASE("accuracy is judged by its margin in points", "[simulation]") {
    auto policy = ramp();
    policy.guardrails = {{.kind = rollout::metric_kind::accuracy, .max_drop = 0.02}};
    auto world = world_of({.primary = 0, .candidate = 0});
    world.versions[0].from_start.accuracy = 0.9;
    world.versions[1].from_start.accuracy = 0.89;
    CHECK(truth_of(world, policy) == truth{false, false});
    world.versions[1].from_start.accuracy = 0.88;
    CHECK(truth_of(world, policy) == truth{false, true});
}

}  // namespace millrace::simulation
