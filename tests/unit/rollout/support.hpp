#pragma once

#include "proxy/rollout/assessment.hpp"
#include "proxy/rollout/experiment.hpp"
#include "proxy/rollout/outcome.hpp"
#include "proxy/rollout/params.hpp"
#include "proxy/rollout/step.hpp"

#include <cstdint>
#include <vector>

/// What the tests of rollout speak in.
namespace millrace::rollout {

/// One guardrail on the error rate for each candidate, everything else as it comes.
[[nodiscard]] params errors_only(std::size_t candidates = 1);

/// Nothing was seen yet.
[[nodiscard]] assessment no_evidence(const params& chosen);

/// Everything is proven, with 100 outcomes in the step.
[[nodiscard]] assessment all_proven(const params& chosen);

/// Enough for the next step, not for promotion.
[[nodiscard]] assessment some_evidence(const params& chosen);

/// Harm is proven for a candidate.
[[nodiscard]] assessment harm_in(assessment evidence, std::size_t candidate);

/// A rollout in its first step since 0.
[[nodiscard]] state in_first_step(const params& chosen);

/// A tick of plan outcome `outcome` with these counts for the primary and one candidate, which has
/// a tenth of the traffic.
struct tick_counts {
    std::uint64_t primary = 0;
    std::uint64_t primary_bad = 0;
    std::uint64_t candidate = 0;
    std::uint64_t candidate_bad = 0;
};

[[nodiscard]] outcome_tick tick_of(
    std::uint16_t outcome, const tick_counts& counts, std::uint32_t epoch = 1
);

/// The reasons of the decisions, in order.
[[nodiscard]] std::vector<reason> reasons_of(const std::vector<decision>& decisions);

}  // namespace millrace::rollout
