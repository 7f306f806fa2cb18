#include "proxy/admin/rollout_rendering.hpp"

#include "proxy/admin/custom_metric_rendering.hpp"
#include "proxy/admin/rollout_hypotheses.hpp"
#include "proxy/rollout/forecast.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cmath>

namespace millrace::admin::rendering {

namespace {

namespace json = boost::json;

json::string text_of(std::string_view text) {
    return json::string(json::string_view{text.data(), text.size()});
}

/// JSON has no infinity.
json::value number_of(double value) {
    return std::isfinite(value) ? json::value(value) : json::value(nullptr);
}

json::object object_of(const stats::arm_tick& arm) {
    return {{"count", arm.count}, {"bad", arm.bad}};
}

json::value number_of(const std::optional<double>& value) {
    return value ? number_of(*value) : json::value(nullptr);
}

/// What all kinds of metrics have.
json::object object_of(
    const rollout::evidence_assessment& one, double rollback_threshold, double promotion_threshold
) {
    return {
        {"name", one.name},
        {"decides", one.decides},
        {"log_e_rollback", number_of(one.log_e_rollback)},
        {"rollback_threshold", number_of(rollback_threshold)},
        {"log_e_promotion", number_of(one.log_e_promotion)},
        {"log_e_promotion_step", number_of(one.log_e_promotion_step)},
        {"promotion_threshold", number_of(promotion_threshold)},
        {"step_outcomes", one.step_outcomes},
        {"units_to_promotion", number_of(one.units_to_promotion)},
        {"waiting", one.waiting},
        {"broken", one.broken},
        {"arrivals_broken", one.arrivals_broken},
    };
}

json::object object_of(const rollout::guardrail_assessment& one, const rollout::assessment& of) {
    rollout::evidence_assessment const& metric = one;
    auto made = object_of(metric, of.rollback_threshold, of.promotion_threshold);
    made["primary"] = object_of(one.primary);
    made["candidate"] = object_of(one.candidate);
    return made;
}

json::object object_of(const stats::arm_moments& arm) {
    return {{"count", arm.count}, {"mean", number_of(arm.mean())}};
}

json::object object_of(const rollout::reward_assessment& one, const rollout::assessment& of) {
    rollout::evidence_assessment const& metric = one;
    auto made = object_of(metric, of.rollback_threshold, of.reward_threshold);
    made["primary"] = object_of(one.primary);
    made["candidate"] = object_of(one.candidate);
    made["difference"] =
        one.difference ? json::value(json::array{one.difference->lower, one.difference->upper})
                       : json::value(nullptr);
    return made;
}

json::object hypotheses_of(
    const rollout::guardrail_params& params, std::optional<stats::unit_outcome> judged_by
) {
    auto const both = hypotheses(params, judged_by);
    return {{"rollback", both.rollback}, {"promotion", both.promotion}};
}

/// What is known of one candidate; of one that nothing was looked at yet: nothing.
json::object evidence_of(const rollout::assessment& all, std::size_t candidate) {
    if (candidate >= all.candidates.size()) {
        return {
            {"guardrails", json::array{}},
            {"metrics", json::array{}},
            {"rewards", json::array{}},
            {"log_e_assignment", 0.0},
            {"assignment_broken", false},
            {"incident", false}};
    }
    auto const& one = all.candidates[candidate];
    json::array guardrails;
    for (auto const& guardrail : one.guardrails) {
        guardrails.push_back(object_of(guardrail, all));
    }
    json::array rewards;
    for (auto const& reward : one.rewards) {
        rewards.push_back(object_of(reward, all));
    }
    return {
        {"guardrails", std::move(guardrails)},
        {"metrics", metrics_of(one)},
        {"rewards", std::move(rewards)},
        {"log_e_assignment", number_of(one.log_e_assignment)},
        {"assignment_broken", one.assignment_broken},
        {"incident", one.incident}};
}

json::array candidates_of(const rollout_status& one) {
    json::array all;
    auto const count = std::min(one.params.candidates.size(), one.state.candidates.size());
    for (std::size_t i = 0; i < count; ++i) {
        auto const& state = one.state.candidates[i];
        auto candidate = evidence_of(one.evidence, i);
        candidate["backend"] = one.params.candidates[i];
        candidate["share"] = state.share;
        candidate["out"] = state.out;
        candidate["why_out"] = state.why_out;
        all.push_back(std::move(candidate));
    }
    return all;
}

json::array guardrails_of(const rollout::params& params) {
    json::array all;
    for (auto const& guardrail : params.guardrails) {
        all.push_back(json::object{
            {"name", rollout::name_of(guardrail)},
            {"hypotheses", hypotheses_of(guardrail, params.unit_outcome)}});
    }
    return all;
}

/// What the evidence of each step will take, where nothing was counted yet.
json::array forecast_of(const rollout::params& params) {
    // As without a total time-out; what differs by it is the age of the evidence, not its amount.
    constexpr rollout::milliseconds age{60'000};
    json::array all;
    for (auto const& each : rollout::forecast_of(params, age)) {
        all.push_back(json::object{
            {"metric", each.name},
            {"share", each.share},
            {"harm", each.harm},
            {"requests_to_rollback", number_of(each.requests_to_rollback)},
            {"requests_to_promotion", number_of(each.requests_to_promotion)}});
    }
    return all;
}

json::array steps_of(const rollout::params& params) {
    json::array all;
    for (auto const step : params.steps) {
        all.push_back(step);
    }
    return all;
}

json::object shares_of(const rollout::params& params, const rollout::state& state) {
    json::object shares{{params.primary, rollout::primary_share(state)}};
    auto const count = std::min(params.candidates.size(), state.candidates.size());
    for (std::size_t i = 0; i < count; ++i) {
        shares[params.candidates[i]] = state.candidates[i].share;
    }
    return shares;
}

json::object object_of(const rollout_decision& one, const rollout::params& params) {
    auto const& about = one.decision.candidate;
    bool const known = about && *about < params.candidates.size();
    json::array evidence;
    for (std::size_t i = 0; i < params.candidates.size(); ++i) {
        auto candidate = evidence_of(one.evidence, i);
        candidate["backend"] = params.candidates[i];
        evidence.push_back(std::move(candidate));
    }
    return {
        {"time", one.time},
        {"at_ms", one.at.count()},
        {"reason", text_of(rollout::name_of(one.decision.why))},
        {"detail", one.decision.detail},
        {"candidate", known ? json::value(params.candidates[*about]) : json::value(nullptr)},
        {"who", one.who},
        {"why", one.why},
        {"phase", text_of(rollout::name_of(one.after.phase))},
        {"verdict", text_of(rollout::name_of(one.after.verdict))},
        {"shares", shares_of(params, one.after)},
        {"evidence", std::move(evidence)},
    };
}

json::object object_of(const rollout_status& one) {
    return {
        {"route", one.route},
        {"id", one.id},
        {"phase", text_of(rollout::name_of(one.state.phase))},
        {"verdict", text_of(rollout::name_of(one.state.verdict))},
        {"step", one.state.step},
        {"steps", steps_of(one.params)},
        {"step_outcomes_min", one.params.step_outcomes_min},
        {"paused", one.state.paused},
        {"approved", one.state.approved},
        {"incident", one.state.incident},
        {"load", one.state.load},
        {"batch", one.state.batch},
        {"trouble", one.trouble},
        {"waiting_for", one.waiting_for},
        {"ticks_lost", one.ticks_lost},
        {"units", json::object{{"known", one.units_known}, {"lost", one.units_lost}}},
        {"primary", one.params.primary},
        {"primary_share", rollout::primary_share(one.state)},
        {"rollback_alpha", one.params.rollback_alpha},
        {"promote_alpha", one.params.promote_alpha},
        {"attempt", one.params.attempt},
        {"guardrails", guardrails_of(one.params)},
        {"candidates", candidates_of(one)},
    };
}

std::string line_of(const json::value& document) {
    return json::serialize(document) + "\n";
}

}  // namespace

std::string rollouts(const std::vector<rollout_status>& all) {
    json::array list;
    for (auto const& one : all) {
        list.push_back(object_of(one));
    }
    return line_of(json::object{{"rollouts", std::move(list)}});
}

std::string rollout(const rollout_status& one) {
    auto document = object_of(one);
    json::array decisions;
    auto const& all = one.decisions;
    auto const skipped = all.size() - std::min(all.size(), rollout_status::decisions_max);
    auto const room = rollout_status::decisions_max - (all.size() - skipped);
    for (auto i = one.earlier.size() - std::min(one.earlier.size(), room); i < one.earlier.size();
         ++i) {
        json::error_code failed;
        if (auto decision = json::parse(one.earlier[i], failed); !failed) {
            decisions.push_back(std::move(decision));
        }
    }
    for (std::size_t i = skipped; i < all.size(); ++i) {
        decisions.push_back(object_of(all[i], one.params));
    }
    document["decisions"] = std::move(decisions);
    document["forecast"] = forecast_of(one.params);
    return line_of(document);
}

std::string decision(const rollout_decision& one, const rollout::params& params) {
    return line_of(object_of(one, params));
}

}  // namespace millrace::admin::rendering
