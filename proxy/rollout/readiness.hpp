#pragma once

#include "proxy/rollout/assessment.hpp"
#include "proxy/rollout/params.hpp"

#include <string>
#include <string_view>

/// What all metrics of a candidate say together; each by itself: gate.hpp. Indicators say nothing.
namespace millrace::rollout {

/// No guardrail lacks anything for a step, there is one, and no reward looks worse.
[[nodiscard]] bool may_step(const candidate_assessment& about, const params& chosen);

/// Copies tell enough, and nothing against the candidate.
[[nodiscard]] bool is_mirrored_well(const candidate_assessment& about, const params& chosen);

/// Every guardrail is proven, still holds in this step, and nothing speaks against it; and one of
/// the rewards is proven, if there are any.
/// @param evidence  with the thresholds
[[nodiscard]] bool is_proven(
    const candidate_assessment& about, const params& chosen, const assessment& evidence
);

/// The mean of the first reward that decides; 0 without one.
[[nodiscard]] double mean_reward(const candidate_assessment& about) noexcept;

/// What keeps it from promotion: "v2: error_rate: log E 2.10 of 4.61, ...; ..."; empty: nothing.
[[nodiscard]] std::string missing_evidence(
    const candidate_assessment& about,
    std::string_view candidate,
    const params& chosen,
    const assessment& evidence
);

}  // namespace millrace::rollout
