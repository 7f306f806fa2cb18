#pragma once

#include "proxy/rollout/params.hpp"

#include <string>

namespace millrace::admin {

/// What the evidence of a guardrail would have to refute, as sentences for people.
struct hypothesis_texts {
    std::string rollback;   ///< refuted: the candidate is rolled back
    std::string promotion;  ///< refuted, like those of all other guardrails: it is promoted
};

[[nodiscard]] hypothesis_texts hypotheses(const rollout::guardrail_params& guardrail);

}  // namespace millrace::admin
