#pragma once

#include "proxy/rollout/params.hpp"
#include "proxy/rollout/state.hpp"
#include "proxy/simulation/params.hpp"

#include <cstdint>
#include <string>

namespace millrace::simulation {

/// How a rollout in a described world went.
struct run_result {
    rollout::verdict verdict = rollout::verdict::running;
    milliseconds time{0};        ///< until it was decided, or given up
    std::uint64_t requests = 0;  ///< of all its versions, since it began
    std::uint64_t exposure = 0;  ///< of them on candidates
    /// Failures more than the primary would have had, in expectation; below 0: fewer.
    double excess_failures = 0;
    std::string why;  ///< the guardrail that rolled it back; empty: none did

    friend bool operator==(const run_result&, const run_result&) = default;
};

/// The place of a version in a world, by its name; the number of versions when it is not there.
[[nodiscard]] std::size_t version_named(const world_params& world, const std::string& name);

/// One rollout by the real rollout::experiment on a virtual clock: counts are drawn per tick, enter
/// when their age has passed, and new weights are in force from the tick after their decision. Who
/// has to approve does so at once. The same arguments give the same result on the same build.
///
/// @param world   has a version by the name of the primary and of every candidate (asserted)
/// @param policy  with its primary named
[[nodiscard]] run_result run_once(
    const world_params& world, const rollout::params& policy, std::uint64_t seed
);

/// The tick that a world is simulated by: its own, or one of about 25 requests.
[[nodiscard]] milliseconds tick_of(const world_params& world);

}  // namespace millrace::simulation
