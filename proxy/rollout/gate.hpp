#pragma once

#include "proxy/rollout/assessment.hpp"
#include "proxy/rollout/params.hpp"

#include <cmath>
#include <cstdint>
#include <string>

namespace millrace::rollout {

/// What a metric still lacks before more weight may follow from it, the gravest first.
enum class lack : std::uint8_t {
    nothing,
    sound_evidence,    ///< its evidence is not finite
    sound_arrivals,    ///< what feeds it does not arrive as the coin fell
    any_outcome,       ///< nothing has entered yet
    harmlessness,      ///< there is evidence of harm, if no proof: E > 5
    proof,             ///< E of promotion is not large enough
    outcomes_in_step,  ///< too few of this step
    proof_in_step      ///< the evidence of this step alone speaks against it
};

/// Evidence of harm above which no more weight is given, though it is not proven; nats.
[[nodiscard]] inline double doubt() noexcept {
    return std::log(5.0);
}

/// True when its evidence of harm, though no proof, is too much for more weight.
[[nodiscard]] bool is_doubtful(const evidence_assessment& of) noexcept;

/// A step opens when no guardrail lacks anything: some evidence for it, some outcomes of this step,
/// and no doubt.
[[nodiscard]] lack lack_for_step(const evidence_assessment& of, const params& chosen) noexcept;

/// A candidate is promoted when no guardrail lacks anything, and one reward lacks nothing if there
/// are any: proof since the beginning, and nothing in this step that speaks against it.
/// @param threshold  of promotion by this kind of metric, nats
[[nodiscard]] lack lack_for_promotion(
    const evidence_assessment& of, const params& chosen, double threshold
) noexcept;

/// "error_rate: log E 2.10 of 4.61, about 12000 more outcomes"; empty for nothing.
[[nodiscard]] std::string text_of(
    lack what, const evidence_assessment& of, const params& chosen, double threshold
);

}  // namespace millrace::rollout
