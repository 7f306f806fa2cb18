#pragma once

#include "proxy/simulation/params.hpp"

#include <vector>

namespace millrace::simulation {

/// How the world is at a moment.
struct conditions {
    std::vector<behaviour> versions;  ///< as in the world's
    double requests_per_minute = 0;

    friend bool operator==(const conditions&, const conditions&) = default;
};

/// What each version is like at `when`, with what they go through together. Rates stay within [0,
/// 1].
[[nodiscard]] conditions conditions_at(const world_params& world, milliseconds when);

/// True when nothing ever changes.
[[nodiscard]] bool is_constant(const world_params& world) noexcept;

/// Moments between which nothing jumps, until `until`: where to look to have seen all of a world.
/// Repeated incidents are told by their first time.
[[nodiscard]] std::vector<milliseconds> turning_points(
    const world_params& world, milliseconds until
);

/// Of requests that fail: answered with a failure, or not at all.
[[nodiscard]] double failure_rate(const behaviour& of) noexcept;

}  // namespace millrace::simulation
