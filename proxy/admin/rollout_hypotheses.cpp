#include "proxy/admin/rollout_hypotheses.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace millrace::admin {

namespace {

using rollout::guardrail_params;
using rollout::metric_kind;

/// "no more often than", or with a ratio.
std::string at_most(double ratio) {
    return ratio == 1 ? "no more often than" : fmt::format("at most {:g} times as often as", ratio);
}

hypothesis_texts of_error_rate(const guardrail_params& guardrail) {
    return {
        fmt::format("the candidate fails {} the primary", at_most(guardrail.rollback_ratio)),
        fmt::format(
            "the candidate fails at least {:g} times as often as the primary, and in at least {:g} "
            "% "
            "of its requests",
            guardrail.max_ratio.value_or(rollout::error_ratio_max),
            100 * guardrail.floor
        )};
}

hypothesis_texts of_comparison(const guardrail_params& guardrail, std::string_view what) {
    auto const percent = 100 * guardrail.quantile;
    return {
        fmt::format(
            "the candidate is beyond the primary's p{:g} of {} {} the primary",
            percent,
            what,
            at_most(guardrail.rollback_ratio)
        ),
        fmt::format(
            "the candidate is beyond {:g} times the primary's p{:g} of {} at least as often as the "
            "primary is beyond its p{:g}",
            guardrail.max_ratio.value_or(rollout::quantile_ratio_max),
            percent,
            what,
            percent
        )};
}

hypothesis_texts of_objective(const guardrail_params& guardrail, std::string_view what) {
    auto const tolerated = 100 * (1 - guardrail.quantile);
    auto const limit = guardrail.slo->count();
    return {
        fmt::format(
            "the candidate's {} is beyond {} ms in at most {:g} % of its requests, or no more "
            "often "
            "than the primary's",
            what,
            limit,
            tolerated
        ),
        fmt::format(
            "the candidate's {} is beyond {} ms in at least {:g} % of its requests",
            what,
            limit,
            tolerated
        )};
}

hypothesis_texts of_quantile(const guardrail_params& guardrail, std::string_view what) {
    if (!guardrail.slo) {
        return of_comparison(guardrail, what);
    }
    auto objective = of_objective(guardrail, what);
    if (!guardrail.max_ratio) {
        return objective;
    }
    // The objective is watched, the comparison promotes.
    auto compared = of_comparison(guardrail, what);
    compared.rollback += "; or " + objective.rollback;
    return compared;
}

hypothesis_texts of_accuracy(const guardrail_params& guardrail) {
    return {
        fmt::format("the candidate is wrong {} the primary", at_most(guardrail.rollback_ratio)),
        fmt::format(
            "the candidate's accuracy is at least {:g} below the primary's", guardrail.max_drop
        )};
}

/// Clients are compared by the part of their requests that is bad: by differences, not ratios.
hypothesis_texts of_fractions(const guardrail_params& guardrail) {
    hypothesis_texts both{
        "the part of a client's requests that is bad is on average no larger with the candidate",
        ""};
    switch (guardrail.kind) {
        case metric_kind::error_rate:
            both.promotion = fmt::format("it is at least {:g} larger", guardrail.floor);
            break;
        case metric_kind::accuracy:
            both.promotion = fmt::format("it is at least {:g} larger", guardrail.max_drop);
            break;
        case metric_kind::latency:
        case metric_kind::first_byte:
            both.promotion = fmt::format(
                "the part beyond {:g} times the primary's p{:g} is no smaller than the primary's "
                "beyond its p{:g}",
                guardrail.max_ratio.value_or(rollout::quantile_ratio_max),
                100 * guardrail.quantile,
                100 * guardrail.quantile
            );
            break;
    }
    return both;
}

}  // namespace

hypothesis_texts hypotheses(
    const guardrail_params& guardrail, std::optional<stats::unit_outcome> judged_by
) {
    if (judged_by == stats::unit_outcome::fraction) {
        return of_fractions(guardrail);
    }
    switch (guardrail.kind) {
        case metric_kind::error_rate:
            return of_error_rate(guardrail);
        case metric_kind::latency:
            return of_quantile(guardrail, "latency");
        case metric_kind::first_byte:
            return of_quantile(guardrail, "time to first byte");
        case metric_kind::accuracy:
            return of_accuracy(guardrail);
    }
    return {};
}

}  // namespace millrace::admin
