#pragma once

#include "proxy/rollout/params.hpp"

#include <optional>
#include <string>

namespace millrace::admin {

/// What the evidence of a guardrail would have to refute, as sentences for people.
struct hypothesis_texts {
    std::string rollback;   ///< refuted: the candidate is rolled back
    std::string promotion;  ///< refuted, like those of all other guardrails: it is promoted
};

/// @param judged_by  of a sticky route: what a client is judged by; nothing: requests are the units
[[nodiscard]] hypothesis_texts hypotheses(
    const rollout::guardrail_params& guardrail,
    std::optional<stats::unit_outcome> judged_by = std::nullopt
);

}  // namespace millrace::admin
