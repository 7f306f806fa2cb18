#pragma once

#include "proxy/rollout/custom_metric.hpp"
#include "proxy/stats/arm_moments.hpp"
#include "proxy/stats/interval.hpp"
#include "proxy/stats/tick.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace millrace::rollout {

/// What the evidence says about one metric of one candidate. Logarithms are in nats.
struct evidence_assessment {
    std::string name;
    bool decides = true;   ///< false of an indicator: reported only
    bool broken = false;   ///< a log E is not finite: an error state of the metric, no verdict
    bool waiting = false;  ///< nothing of it has entered yet
    /// What feeds it did not arrive as the coin fell: it decides nothing any more, neither way.
    bool arrivals_broken = false;
    double log_e_rollback = 0;        ///< the largest of its tests
    double log_e_promotion = 0;       ///< the least of its tests
    double log_e_promotion_step = 0;  ///< of this weight step alone
    std::uint64_t step_outcomes = 0;  ///< of the candidate, of full age, assigned in this step
    /// How many more units of both arms the promotion needs at the present rates; nothing when its
    /// evidence does not grow there.
    std::optional<double> units_to_promotion;
};

/// Of a guardrail: rolled back when it is proven worse, promoted when proven not to be.
struct guardrail_assessment : evidence_assessment {
    stats::arm_tick primary;  ///< of the promotion's outcome
    stats::arm_tick candidate;
};

/// Of a reward: rolled back when it is proven worse, promoted when proven better.
struct reward_assessment : evidence_assessment {
    stats::arm_moments primary;  ///< of values in [0, 1], larger is better
    stats::arm_moments candidate;
    /// Holds the difference, candidate less primary, at all times together with probability .95;
    /// nothing when it is not known. For people: no decision is made of it.
    std::optional<stats::interval> difference;
};

struct candidate_assessment {
    std::vector<guardrail_assessment> guardrails;
    std::vector<reward_assessment> rewards;
    /// Of copies that it answered, by guardrail that judges them; mirror_first only.
    std::vector<evidence_assessment> mirrored;
    double log_e_assignment = 0;  ///< that assignments do not follow the coin
    bool assignment_broken = false;
    bool incident = false;                   ///< primary and candidate are both in breach of an SLO
    std::vector<metric_assessment> metrics;  ///< custom ones: objectives, then indicators
};

/// The whole evidence as step() sees it.
struct assessment {
    std::vector<candidate_assessment> candidates;
    double rollback_threshold = 0;   ///< nats
    double promotion_threshold = 0;  ///< nats
    double reward_threshold = 0;     ///< nats: that a reward is better
    bool load = false;  ///< all requests of the route together are in breach of its guard
};

}  // namespace millrace::rollout
