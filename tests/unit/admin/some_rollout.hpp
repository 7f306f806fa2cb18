#pragma once

#include "proxy/admin/rollout_status.hpp"

/// A paused rollout of route "risk" from a to b at 25 %: two guardrails, and two decisions so far.
inline millrace::admin::rollout_status some_rollout() {
    using namespace millrace;
    admin::rollout_status one;
    one.route = "risk";
    one.id = "risk-1";
    one.params.primary = "a";
    one.params.candidates = {"b"};
    one.params.guardrails.resize(2);
    one.params.guardrails[1].kind = rollout::metric_kind::latency;
    one.params.guardrails[1].slo = std::chrono::milliseconds{300};
    one.state.phase = rollout::phase::progressing;
    one.state.step = 2;
    one.state.candidates.resize(1);
    one.state.candidates.front().share = 25;
    one.state.paused = true;

    one.evidence.rollback_threshold = 5.5;
    one.evidence.promotion_threshold = 5.25;
    auto& guardrails = one.evidence.candidates.emplace_back().guardrails;
    auto& errors = guardrails.emplace_back();
    errors.name = "error_rate";
    errors.log_e_rollback = -1.5;
    errors.log_e_promotion = 2.5;
    errors.step_outcomes = 120;
    errors.primary = {3'000, 6};
    errors.candidate = {1'000, 2};
    errors.units_to_promotion = 2'400.0;
    guardrails.emplace_back().name = "latency_p99";
    guardrails.back().waiting = true;

    one.params.objectives = {{.metric = "cost", .upper_limit = 2.0}};
    one.evidence.candidates.front().metrics = rollout::assess_metrics(one.params, {}, 0);

    auto state = one.state;
    state.paused = false;
    one.decisions.push_back(
        {"2026-01-02T03:04:05.000Z",
         std::chrono::milliseconds{1'000},
         {rollout::reason::step_opened, "25 % for each candidate", 0},
         "",
         "",
         one.evidence,
         state}
    );
    one.decisions.push_back(
        {"2026-01-02T03:04:06.000Z",
         std::chrono::milliseconds{2'000},
         {rollout::reason::commanded, "pause", {}},
         "ann",
         "lunch",
         one.evidence,
         one.state}
    );
    return one;
}
