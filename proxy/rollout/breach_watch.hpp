#pragma once

#include "proxy/stats/slo_breach.hpp"
#include "proxy/stats/tick.hpp"

namespace millrace::rollout {

/// Watches for a breach of an objective that goes on, not for one that was: the capital of the
/// bet never falls below 1, so good times are forgotten at once, and never rises far above the
/// alarm, so an alarm ends soon after the breach did. A way to hold weights, not a verdict.
[[nodiscard]] stats::slo_breach::state watched(
    const stats::slo_breach& test,
    const stats::slo_breach::state& before,
    const stats::arm_tick& seen
);

/// True while the alarm is on, alpha .001.
[[nodiscard]] bool is_in_breach(const stats::slo_breach::state& now);

}  // namespace millrace::rollout
