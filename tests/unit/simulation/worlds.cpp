#include "tests/unit/simulation/worlds.hpp"

namespace millrace::simulation {

world_params world_of(const error_rates& rates) {
    world_params world;
    world.versions.resize(2);
    world.versions[0].name = "v1";
    world.versions[0].from_start.error_rate = rates.primary;
    world.versions[1].name = "v2";
    world.versions[1].from_start.error_rate = rates.candidate;
    for (auto& each : world.versions) {
        each.from_start.latency.median = microseconds{20'000};
    }
    world.total_timeout = milliseconds{1'000};
    return world;
}

rollout::params ramp() {
    rollout::params policy;
    policy.primary = "v1";
    policy.candidates = {"v2"};
    policy.guardrails = {{.kind = rollout::metric_kind::error_rate}};
    return policy;
}

rollout::params half_and_half() {
    auto policy = ramp();
    policy.strategy = rollout::strategy::fixed_split;
    policy.steps = {50};
    return policy;
}

}  // namespace millrace::simulation
