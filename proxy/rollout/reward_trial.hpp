#pragma once

#include "proxy/rollout/assessment.hpp"
#include "proxy/rollout/params.hpp"
#include "proxy/rollout/unit_batch.hpp"
#include "proxy/stats/contrast_bet.hpp"
#include "proxy/stats/contrast_sequence.hpp"

#include <cstdint>

namespace millrace::rollout {

/// What is known of one reward of one candidate: bets that it is better and that it is worse, and
/// the interval of the difference for people. Lifetime: a value of 1.3 KB. Thread: control.
struct reward_trial {
    stats::contrast_bet::state better;       ///< since the rollout began
    stats::contrast_bet::state better_step;  ///< since the weight step began
    stats::contrast_bet::state worse;        ///< since the rollout began
    stats::contrast_sequence::state difference;
    std::uint64_t candidate_in_step = 0;  ///< of full age, assigned in this step
    double pi = 0.5;                      ///< of the last units

    friend bool operator==(const reward_trial&, const reward_trial&) = default;
};

void enter(reward_trial& into, const unit_batch& seen, bool of_this_step);

/// The evidence of the step starts at nothing; that of the rollout goes on.
void begin_step(reward_trial& of);

/// @param arrivals_broken  what tells the scores does not arrive as the coin fell
/// @param threshold        of promotion, nats
[[nodiscard]] reward_assessment assess(
    const reward_trial& of, const reward_params& reward, bool arrivals_broken, double threshold
);

}  // namespace millrace::rollout
