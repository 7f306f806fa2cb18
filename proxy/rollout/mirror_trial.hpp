#pragma once

#include "proxy/rollout/assessment.hpp"
#include "proxy/rollout/plan.hpp"
#include "proxy/stats/pair_comparison.hpp"

#include <cstdint>
#include <string>

namespace millrace::rollout {

/// What copies of requests have told about a candidate, for one guardrail. Lifetime: a value.
/// Thread: control.
struct mirror_trial {
    stats::pair_rollback::state harm;
    stats::pair_promotion::state margin;
    std::uint64_t pairs = 0;

    friend bool operator==(const mirror_trial&, const mirror_trial&) = default;
};

[[nodiscard]] mirror_trial begin_mirror_trial(const planned_mirror& with);

/// Enters what is of this guardrail's outcomes; the rest is left alone.
void enter(mirror_trial& into, const planned_mirror& with, const mirrored_tick& seen);

[[nodiscard]] evidence_assessment assess(const mirror_trial& of, std::string name);

}  // namespace millrace::rollout
