#pragma once

#include "proxy/routing/route_state.hpp"

#include <vector>

namespace millrace::app {

/// The part of the requests that each version of a route gets, 0 to 1, in the order of its refs:
/// the actual mass of its part of the partition, all zero when nobody gets any. Pure.
[[nodiscard]] std::vector<double> shares_of(const routing::route_state& of);

}  // namespace millrace::app
