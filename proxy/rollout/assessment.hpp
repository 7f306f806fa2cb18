#pragma once

#include "proxy/stats/tick.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace millrace::rollout {

/// What the evidence says about one guardrail of one candidate. Logarithms are in nats.
struct guardrail_assessment {
    std::string name;
    bool broken = false;   ///< a log E is not finite: an error state of the metric, no verdict
    bool waiting = false;  ///< nothing of it has entered yet
    /// What feeds it did not arrive as the coin fell: it decides nothing any more, neither way.
    bool arrivals_broken = false;
    double log_e_rollback = 0;        ///< the largest of its tests
    double log_e_promotion = 0;       ///< the least of its tests
    double log_e_promotion_step = 0;  ///< of this weight step alone
    std::uint64_t step_outcomes = 0;  ///< of the candidate, of full age, assigned in this step
    stats::arm_tick primary;          ///< of the promotion's outcome
    stats::arm_tick candidate;
    /// How many more units of both arms the promotion needs at the present rates; nothing when its
    /// evidence does not grow there.
    std::optional<double> units_to_promotion;
};

struct candidate_assessment {
    std::vector<guardrail_assessment> guardrails;
    double log_e_assignment = 0;  ///< that assignments do not follow the coin
    bool assignment_broken = false;
    bool incident = false;  ///< primary and candidate are both in breach of an SLO
};

/// The whole evidence as step() sees it.
struct assessment {
    std::vector<candidate_assessment> candidates;
    double rollback_threshold = 0;   ///< nats
    double promotion_threshold = 0;  ///< nats
};

}  // namespace millrace::rollout
