#include "proxy/rollout/gate.hpp"

#include <fmt/format.h>

namespace millrace::rollout {

namespace {

lack common_lack(const evidence_assessment& of) noexcept {
    if (of.broken) {
        return lack::sound_evidence;
    }
    if (of.arrivals_broken) {
        return lack::sound_arrivals;
    }
    if (of.waiting) {
        return lack::any_outcome;
    }
    return is_doubtful(of) ? lack::harmlessness : lack::nothing;
}

std::string proof_text(const evidence_assessment& of, double threshold) {
    auto text = fmt::format("log E {:.2f} of {:.2f}", of.log_e_promotion, threshold);
    if (of.units_to_promotion) {
        text += fmt::format(", about {:.0f} more outcomes", *of.units_to_promotion);
    } else {
        text += ", and it does not grow at the present rates";
    }
    return text;
}

}  // namespace

bool is_doubtful(const evidence_assessment& of) noexcept {
    return !of.broken && !of.arrivals_broken && of.log_e_rollback > doubt();
}

lack lack_for_step(const evidence_assessment& of, const params& chosen) noexcept {
    if (auto const common = common_lack(of); common != lack::nothing) {
        return common;
    }
    // Above 0, not at it: without any evidence it is 0.
    if (!(of.log_e_promotion > 0)) {
        return lack::proof;
    }
    return of.step_outcomes < chosen.step_outcomes_min ? lack::outcomes_in_step : lack::nothing;
}

lack lack_for_promotion(
    const evidence_assessment& of, const params& chosen, double threshold
) noexcept {
    if (auto const common = common_lack(of); common != lack::nothing) {
        return common;
    }
    if (!(of.log_e_promotion >= threshold)) {
        return lack::proof;
    }
    if (of.step_outcomes < chosen.step_outcomes_min) {
        return lack::outcomes_in_step;
    }
    return of.log_e_promotion_step >= 0 ? lack::nothing : lack::proof_in_step;
}

std::string text_of(
    lack what, const evidence_assessment& of, const params& chosen, double threshold
) {
    switch (what) {
        case lack::nothing:
            return {};
        case lack::sound_evidence:
            return of.name + ": its evidence is not a finite number";
        case lack::sound_arrivals:
            return of.name + ": what feeds it does not arrive as the coin fell";
        case lack::any_outcome:
            return of.name + ": nothing was counted yet";
        case lack::harmlessness:
            return fmt::format(
                "{}: log E of harm {:.2f}, more than {:.2f}", of.name, of.log_e_rollback, doubt()
            );
        case lack::proof:
            return of.name + ": " + proof_text(of, threshold);
        case lack::outcomes_in_step:
            return fmt::format(
                "{}: {} of {} outcomes in this step",
                of.name,
                of.step_outcomes,
                chosen.step_outcomes_min
            );
        case lack::proof_in_step:
            return fmt::format(
                "{}: log E {:.2f} in this step speaks against it", of.name, of.log_e_promotion_step
            );
    }
    return {};
}

}  // namespace millrace::rollout
