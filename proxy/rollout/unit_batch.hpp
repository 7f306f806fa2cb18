#pragma once

#include "proxy/rollout/outcome.hpp"
#include "proxy/stats/contrast_bet.hpp"
#include "proxy/stats/tick.hpp"

#include <cstddef>
#include <vector>

namespace millrace::rollout {

/// Units of one tick that the same coin gave to the primary or to one candidate: what enters the
/// tests at once. A value.
struct unit_batch {
    double pi = 0.5;
    std::vector<stats::scored_outcome> outcomes;  ///< scores: larger is better

    [[nodiscard]] stats::scored_tick scores() const { return {.pi = pi, .outcomes = outcomes}; }

    /// Of units that are good or bad as a whole: a score below one half is bad.
    [[nodiscard]] stats::tick counts() const;
};

/// The units of a tick that were assigned to the primary or the candidate (0 is the first), in the
/// order of assignment; neighbours of one coin together. Who had no coin between the two, because
/// one of them had no mass, bets on nothing and is left out.
/// @param kind  of the outcome: the values of a reward say how good, all others how bad
[[nodiscard]] std::vector<unit_batch> batches_between(
    const unit_tick& seen, std::size_t candidate, outcome_kind kind
);

}  // namespace millrace::rollout
