#pragma once

#include "proxy/rollout/params.hpp"
#include "proxy/simulation/params.hpp"
#include "proxy/simulation/run.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace millrace::simulation {

/// What a rule of others makes of the first candidate in a world: one measurement per minute, the
/// rule's own weights, error rates only. The same arguments give the same result.
struct rival {
    std::string_view name;
    run_result (*run)(const world_params& world, const rollout::params& policy, std::uint64_t seed);
};

/// Flagger with thresholds of 10 and of 5, Argo Rollouts, Kayenta: as their documents start.
[[nodiscard]] const std::vector<rival>& rivals();

}  // namespace millrace::simulation
