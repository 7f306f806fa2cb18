#pragma once

#include <compare>
#include <cstdint>

namespace millrace {

/// A backend's part in a route's traffic: share = weight / sum of the route's weights. 0 = none.
/// Range: 0 to 1,000,000. Not a percentage; the sum need not be 100 (Gateway API `weight`).
struct weight {
    std::uint32_t value = 0;

    static constexpr std::uint32_t value_max = 1'000'000;

    friend constexpr auto operator<=>(const weight&, const weight&) = default;
};

}  // namespace millrace
