#pragma once

#include "proxy/rollout/params.hpp"
#include "proxy/simulation/params.hpp"

/// Worlds and policies that several tests use.
namespace millrace::simulation {

struct error_rates {
    double primary = 0.01;
    double candidate = 0.01;
};

/// Two versions, v1 and v2, that fail as often as told; 600 requests per minute, every request
/// known after a second.
[[nodiscard]] world_params world_of(const error_rates& rates);

/// One guardrail on the error rate; half of the traffic until the verdict.
[[nodiscard]] rollout::params half_and_half();

/// The same, step by step.
[[nodiscard]] rollout::params ramp();

}  // namespace millrace::simulation
