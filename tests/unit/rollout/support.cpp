#include "tests/unit/rollout/support.hpp"

#include <fmt/format.h>

#include <cmath>

namespace millrace::rollout {

namespace {

void set_evidence(evidence_assessment& of, metric_role role, double log_e) {
    of.decides = role == metric_role::deciding;
    of.log_e_promotion = log_e;
    of.log_e_promotion_step = log_e > 0 ? 0.5 : 0;
    of.step_outcomes = log_e > 0 ? 100 : 0;
    of.waiting = log_e <= 0;
}

guardrail_assessment guardrail(const guardrail_params& of, double log_e) {
    guardrail_assessment made;
    made.name = name_of(of);
    set_evidence(made, of.role, log_e);
    return made;
}

reward_assessment reward(const reward_params& of, double log_e) {
    reward_assessment made;
    made.name = of.name;
    set_evidence(made, of.role, log_e);
    return made;
}

assessment evidence_of(const params& chosen, double log_e) {
    assessment made;
    made.rollback_threshold = std::log(100.0);
    made.promotion_threshold = std::log(200.0);
    made.reward_threshold = std::log(200.0);
    for (std::size_t i = 0; i < chosen.candidates.size(); ++i) {
        candidate_assessment about;
        for (auto const& each : chosen.guardrails) {
            about.guardrails.push_back(guardrail(each, log_e));
        }
        for (auto const& each : chosen.rewards) {
            about.rewards.push_back(reward(each, log_e));
        }
        made.candidates.push_back(std::move(about));
    }
    return made;
}

}  // namespace

params errors_only(std::size_t candidates) {
    params made;
    made.primary = "v1";
    for (std::size_t i = 0; i < candidates; ++i) {
        made.candidates.push_back(fmt::format("v{}", i + 2));
    }
    made.guardrails = {{.kind = metric_kind::error_rate}};
    return made;
}

assessment no_evidence(const params& chosen) {
    return evidence_of(chosen, 0);
}

assessment all_proven(const params& chosen) {
    return evidence_of(chosen, 6);
}

assessment some_evidence(const params& chosen) {
    return evidence_of(chosen, 1);
}

assessment harm_in(assessment evidence, std::size_t candidate) {
    evidence.candidates.at(candidate).guardrails.front().log_e_rollback =
        evidence.rollback_threshold;
    return evidence;
}

state in_first_step(const params& chosen) {
    return step(chosen, begin(chosen), no_evidence(chosen), {}, milliseconds{0}).state;
}

outcome_tick tick_of(std::uint16_t outcome, const tick_counts& counts, std::uint32_t epoch) {
    return {
        .outcome = outcome,
        .epoch = epoch,
        .tick = 0,
        .masses = {58'982, 6'554},
        .counts = {
            {.count = counts.primary, .bad = counts.primary_bad},
            {.count = counts.candidate, .bad = counts.candidate_bad}}};
}

std::vector<reason> reasons_of(const std::vector<decision>& decisions) {
    std::vector<reason> made;
    for (auto const& each : decisions) {
        made.push_back(each.why);
    }
    return made;
}

}  // namespace millrace::rollout
