#pragma once

#include "proxy/rollout/assessment.hpp"
#include "proxy/rollout/mirror_trial.hpp"
#include "proxy/rollout/plan.hpp"
#include "proxy/rollout/reward_trial.hpp"
#include "proxy/stats/sample_ratio.hpp"

#include <cstddef>
#include <vector>

namespace millrace::rollout {

/// Everything that is known about one candidate: the state of every test, and what went into it.
/// Lifetime: a value. Thread: control.
struct trial {
    struct test_state {
        evidence_state whole;  ///< since the rollout began
        evidence_state step;   ///< since the weight step began; of promotion tests only
        friend bool operator==(const test_state&, const test_state&) = default;
    };

    struct outcome_counts {
        stats::arm_tick primary;
        stats::arm_tick candidate;
        std::uint64_t candidate_in_step = 0;  ///< of full age, assigned in this step
        double pi = 0;                        ///< of the last tick
    };

    /// Whether things arrive as the coin fell.
    struct stream_state {
        stats::sample_ratio::state ratio;
        bool broken = false;  ///< for good: what has entered meanwhile cannot be taken out again
        friend bool operator==(const stream_state&, const stream_state&) = default;
    };

    /// Of a breach that is going on (breach_watch.hpp).
    struct guard_state {
        stats::slo_breach::state primary;
        stats::slo_breach::state candidate;
        friend bool operator==(const guard_state&, const guard_state&) = default;
    };

    std::vector<test_state> tests;       ///< as in the plan
    std::vector<guard_state> guards;     ///< as in the plan
    std::vector<outcome_counts> counts;  ///< by outcome
    std::vector<stream_state>
        arrivals;  ///< by outcome; of what is counted where it arrives: labels, scores
    std::vector<reward_trial> rewards;   ///< as in the plan
    std::vector<mirror_trial> mirrored;  ///< as in the plan
    stats::sample_ratio::state assignments;
};

[[nodiscard]] trial begin_trial(const plan& with);

/// Enters one outcome's tick, whole. Ticks of an outcome must come in the order of assignment.
/// @param candidate  0 is the first
/// @param step_epoch  the first weight epoch of the present step: older ticks are not of the step
void enter(
    trial& into,
    const plan& with,
    const outcome_tick& seen,
    std::size_t candidate,
    std::uint32_t step_epoch
);

/// The same of units, in the order of assignment.
void enter(
    trial& into,
    const plan& with,
    const unit_tick& seen,
    std::size_t candidate,
    std::uint32_t step_epoch
);

/// Enters pairs of answers, whichever candidate's: the caller picks the trial.
void enter(trial& into, const plan& with, const mirrored_tick& seen);

/// The evidence of the step starts at nothing; that of the rollout goes on. Compared quantiles get
/// new thresholds with a new step, so their rates are learnt again.
void begin_step(trial& of, const plan& with);

/// @param rollback_threshold, promotion_threshold  nats
struct thresholds {
    double rollback = 0;    ///< ln(n G / alpha_r)
    double promotion = 0;   ///< ln(n k (k + 1) / alpha_p)
    double reward = 0;      ///< ln(n S k (k + 1) / alpha_p)
    double assignment = 0;  ///< ln(1 / .001)
};

[[nodiscard]] thresholds thresholds_of(const params& chosen, const plan& with);

[[nodiscard]] candidate_assessment assess(
    const trial& of, const plan& with, const params& chosen, const thresholds& at
);

}  // namespace millrace::rollout
