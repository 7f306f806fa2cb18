#pragma once

#include "proxy/base/weight.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace millrace::routing {

/// Shares of 65536 units in proportion to the weights: each is its quota rounded down or up, or 1
/// when the weight is above 0 and the quota below 1. Pure, any thread.
///
/// A version whose current mass already is one of the two roundings keeps it where the total
/// allows; the others are rounded by largest remainder, the first of equals.
///
/// @param weights  at least one above 0
/// @param current  the masses now, one per weight; empty when there are none yet
/// @return         one mass per weight, in order; they sum to 65536
[[nodiscard]] std::vector<std::uint32_t> rounded_masses(
    std::span<const weight> weights, std::span<const std::uint32_t> current
);

}  // namespace millrace::routing
