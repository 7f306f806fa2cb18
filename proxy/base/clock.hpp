#pragma once

#include <chrono>

namespace millrace {

/// The clock of deadlines and latencies: never goes back, unaffected by the wall clock.
using clock = std::chrono::steady_clock;
using time_point = clock::time_point;
using duration = clock::duration;

/// A deadline that never comes.
inline constexpr time_point no_deadline = time_point::max();

}  // namespace millrace
