#pragma once

#include "proxy/rollout/outcome.hpp"
#include "proxy/simulation/draws.hpp"
#include "proxy/simulation/params.hpp"

#include <cstdint>

namespace millrace::simulation {

/// Adds the scores of `assigned` requests of one version to `to`: as many as answers are good and
/// get one, each from a beta law with the version's mean and spread.
void draw_scores(
    draws& chance,
    const behaviour& like,
    std::uint16_t arm,
    std::uint64_t assigned,
    rollout::unit_tick& to
);

}  // namespace millrace::simulation
