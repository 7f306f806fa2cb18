#pragma once

#include "proxy/rollout/params.hpp"
#include "proxy/simulation/params.hpp"

namespace millrace::simulation {

/// What a verdict on the first candidate would be worth in a world, by the null hypotheses of the
/// policy's own tests. Between a rollback and a promotion ratio neither verdict is wrong.
struct truth {
    bool rollback_is_wrong = false;   ///< it is at no time worse, in no guardrail
    bool promotion_is_wrong = false;  ///< it is at or beyond some guardrail's margin all the time

    friend bool operator==(const truth&, const truth&) = default;
};

/// Looks at the world wherever it turns, until a run would be given up. Quantiles are compared at
/// the primary's true ones.
[[nodiscard]] truth truth_of(const world_params& world, const rollout::params& policy);

}  // namespace millrace::simulation
