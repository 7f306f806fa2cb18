#include "proxy/simulation/run.hpp"

#include "proxy/simulation/summary.hpp"

#include "tests/unit/simulation/worlds.hpp"

#include <catch2/catch.hpp>

namespace millrace::simulation {

namespace {

summary runs_of(const world_params& world, const rollout::params& policy, int runs) {
    auto const made = run_many(static_cast<std::uint64_t>(runs), 1, [&](std::uint64_t seed) {
        return run_once(world, policy, seed);
    });
    return summarize(made, truth_of(world, policy));
}

/// Whether a probability of at most `level` can have brought this about.
bool may_be_below(const proportion& seen, double level) {
    return exact_interval(seen, 0.99).lower <= level;
}

}  // namespace

TEST_CASE("a run is a function of its seed", "[simulation]") {
    auto const world = world_of({.primary = 0.01, .candidate = 0.015});
    CHECK(run_once(world, ramp(), 7) == run_once(world, ramp(), 7));
    CHECK_FALSE(run_once(world, ramp(), 7) == run_once(world, ramp(), 8));
}

TEST_CASE("twice the errors are found after about 6,000 requests", "[simulation]") {
    auto const seen = runs_of(world_of({.primary = 0.01, .candidate = 0.02}), half_and_half(), 300);

    CHECK(seen.requests.median < 7'000);
    CHECK(seen.requests.median > 4'500);
    CHECK(may_be_below(seen.wrong, 0.01));
    CHECK(seen.excess_failures == Approx(0.01 * seen.requests.median / 2).epsilon(0.4));
    CHECK(seen.minutes.median == Approx(seen.requests.median / 600).epsilon(0.05));
}

TEST_CASE("a ramp finds them with fewer requests on the candidate", "[simulation]") {
    auto const world = world_of({.primary = 0.01, .candidate = 0.02});

    auto const careful = runs_of(world, ramp(), 200);
    auto const half = runs_of(world, half_and_half(), 200);

    CHECK(careful.rolled_back.value() > 0.97);
    CHECK(careful.exposure.median < half.exposure.median);
}

TEST_CASE("an equal candidate is promoted, and seldom rolled back", "[simulation]") {
    auto const seen = runs_of(world_of({}), ramp(), 200);

    CHECK(seen.promoted.value() > 0.97);
    CHECK(may_be_below(seen.wrong, 0.01));
}

TEST_CASE("a shared incident is nobody's fault", "[simulation]") {
    auto world = world_of({.primary = 0.005, .candidate = 0.005});
    world.incidents = {
        {.at = std::chrono::minutes{5}, .lasts = std::chrono::minutes{4}, .error_factor = 8}};

    auto const seen = runs_of(world, ramp(), 200);

    CHECK(seen.promoted.value() > 0.97);
    CHECK(may_be_below(seen.wrong, 0.01));
}

TEST_CASE("a total failure ends within seconds", "[simulation]") {
    auto policy = half_and_half();
    policy.steps = {10};
    auto world = world_of({.primary = 0.001, .candidate = 1});
    world.requests_per_minute = 60'000;
    world.tick = milliseconds{250};

    auto const result = run_once(world, policy, 3);

    CHECK(result.verdict == rollout::verdict::failed);
    CHECK(result.why == "error_rate");
    CHECK(result.time <= milliseconds{2'000});
}

TEST_CASE(
    "a slower candidate is found by its quantile, from the primary's history", "[simulation]"
) {
    auto world = world_of({.primary = 0, .candidate = 0});
    world.versions[1].from_start.latency.median = microseconds{30'000};
    auto policy = half_and_half();
    policy.guardrails = {{.kind = rollout::metric_kind::latency, .quantile = 0.99}};
    CHECK(run_once(world, policy, 1).why == "latency_p99");

    // Without a history there is no threshold, nothing to compare, and so no decision.
    world.history = 0;
    world.requests_max = 20'000;
    auto const waits = run_once(world, policy, 1);
    CHECK(waits.verdict == rollout::verdict::running);
    CHECK(waits.requests >= 20'000);
}

TEST_CASE("labels decide when they have come", "[simulation]") {
    auto world = world_of({.primary = 0, .candidate = 0});
    for (auto& each : world.versions) {
        each.from_start.labelled = 1;
        each.from_start.accuracy = 0.9;
    }
    world.versions[1].from_start.accuracy = 0.8;
    auto policy = half_and_half();
    policy.guardrails = {{.kind = rollout::metric_kind::accuracy}};

    auto const result = run_once(world, policy, 1);

    CHECK(result.why == "accuracy");
    CHECK(result.time > std::chrono::minutes{10});
}

TEST_CASE("who has to approve does so at once", "[simulation]") {
    auto policy = ramp();
    policy.approve_start = true;
    policy.approve_promotion = true;

    CHECK(
        run_once(world_of({.candidate = 0.002}), policy, 1).verdict == rollout::verdict::successful
    );
}

TEST_CASE("several candidates are compared with the one primary", "[simulation]") {
    auto world = world_of({.primary = 0.01, .candidate = 0.2});
    world.versions.push_back({.name = "v3", .from_start = {.error_rate = 0.002}, .changes = {}});
    auto policy = ramp();
    policy.candidates = {"v2", "v3"};

    auto const result = run_once(world, policy, 1);

    CHECK(result.verdict == rollout::verdict::successful);
    CHECK(result.why == "error_rate");  // of the first one
}

TEST_CASE("a worse reward is rolled back, a better one promoted", "[simulation]") {
    auto world = world_of({});
    world.versions[0].from_start.scored = 1;
    world.versions[1].from_start.scored = 1;
    world.versions[0].from_start.reward = 0.6;
    world.versions[1].from_start.reward = 0.5;
    rollout::params policy;
    policy.primary = "v1";
    policy.candidates = {"v2"};
    policy.strategy = rollout::strategy::ab;
    policy.rewards = {{.name = "stars", .age = milliseconds{1'000}}};
    auto const worse = runs_of(world, policy, 60);
    CHECK(worse.rolled_back.value() == 1);
    CHECK(worse.wrong.hits == 0);

    std::swap(world.versions[0].from_start.reward, world.versions[1].from_start.reward);
    auto const better = runs_of(world, policy, 60);
    CHECK(better.promoted.value() == 1);
    CHECK(better.requests.median < 1'500);
    CHECK(better.wrong.hits == 0);
}

TEST_CASE("a bandit serves the better version more, and is wrong as seldom", "[simulation]") {
    auto world = world_of({});
    world.requests_max = 30'000;
    for (auto& each : world.versions) {
        each.from_start.scored = 1;
        each.from_start.reward_sd = 0.5;
    }
    rollout::params policy;
    policy.primary = "v1";
    policy.candidates = {"v2"};
    policy.strategy = rollout::strategy::bandit;
    policy.rewards = {{.name = "clicks", .age = milliseconds{1'000}}};
    policy.bandit.batch = milliseconds{60'000};
    policy.guardrails = {{.kind = rollout::metric_kind::error_rate}};

    auto const equal = runs_of(world, policy, 60);
    CHECK(may_be_below(equal.wrong, 0.02));
    CHECK(equal.open.value() > 0.9);

    world.versions[1].from_start.reward = 0.57;
    world.requests_max = 60'000;
    policy.guardrails.clear();
    auto const bandit = runs_of(world, policy, 60);
    auto split = policy;
    split.strategy = rollout::strategy::ab;
    auto const even = runs_of(world, split, 60);
    CHECK(bandit.promoted.value() > 0.9);
    CHECK(even.promoted.value() > 0.9);
}

TEST_CASE("clients that come back are no false alarm", "[simulation]") {
    auto world = world_of({});
    world.versions[0].from_start.error_rate = 0.05;
    world.versions[1].from_start.error_rate = 0.05;
    world.users = user_params{.count = 10'000, .icc = 0.5, .window = milliseconds{30'000}};
    world.requests_max = 30'000;
    auto policy = ramp();
    policy.unit_outcome = stats::unit_outcome::fraction;
    policy.guardrails[0].floor = 0.05;

    auto const equal = runs_of(world, policy, 60);
    CHECK(may_be_below(equal.wrong, 0.01));
    CHECK(equal.broken.hits == 0);

    world.versions[1].from_start.error_rate = 0.3;
    policy.strategy = rollout::strategy::fixed_split;
    policy.steps = {50};
    auto const worse = runs_of(world, policy, 60);
    CHECK(worse.rolled_back.value() > 0.9);
}

TEST_CASE("copies reject a bad candidate before it gets a request", "[simulation]") {
    auto world = world_of({.primary = 0.01, .candidate = 0.3});
    auto policy = ramp();
    policy.strategy = rollout::strategy::mirror_first;

    auto const bad = run_once(world, policy, 1);
    CHECK(bad.verdict == rollout::verdict::failed);
    CHECK(bad.exposure == 0);
    CHECK(bad.why == "mirrored error_rate");

    world.versions[1].from_start.error_rate = 0.002;
    CHECK(run_once(world, policy, 1).verdict == rollout::verdict::successful);
}

TEST_CASE("a tick has about 25 requests, and is never shorter than the gateway's", "[simulation]") {
    auto world = world_of({});
    CHECK(tick_of(world) == milliseconds{2'500});
    world.requests_per_minute = 60'000;
    CHECK(tick_of(world) == milliseconds{250});
    world.requests_per_minute = 0.1;
    CHECK(tick_of(world) == milliseconds{60'000});
    world.tick = milliseconds{500};
    CHECK(tick_of(world) == milliseconds{500});
    CHECK(version_named(world, "v2") == 1);
    CHECK(version_named(world, "v9") == 2);
}

}  // namespace millrace::simulation
