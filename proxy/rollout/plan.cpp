#include "proxy/rollout/plan.hpp"

#include "proxy/base/assert.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace millrace::rollout {

namespace {

constexpr milliseconds early_age{1000};
constexpr milliseconds label_age{600'000};

/// Builds a plan guardrail by guardrail.
class planner {
 public:
    planner(plan& made, milliseconds total_timeout) : plan_{made}, total_{total_timeout} {}

    void add(std::uint16_t guardrail, const guardrail_params& params) {
        guardrail_ = guardrail;
        switch (params.kind) {
            case metric_kind::error_rate:
                add_error_rate(params);
                break;
            case metric_kind::latency:
                add_quantile(params, outcome_kind::not_good_within);
                break;
            case metric_kind::first_byte:
                add_quantile(params, outcome_kind::no_first_byte_within);
                break;
            case metric_kind::accuracy:
                add_accuracy(params);
                break;
        }
    }

 private:
    /// Fast failures after a second, everything that is not a good answer at full age (R4).
    void add_error_rate(const guardrail_params& params) {
        auto const full = add_outcome(
            {.kind = outcome_kind::failed_or_unfinished,
             .age = total_,
             .primary_threshold = total_,
             .candidate_threshold = total_}
        );
        stats::rae_rollback const worse{{.rollback_ratio = params.rollback_ratio}};
        auto const early = params.age.value_or(early_age);
        if (early < total_) {
            add_test(
                add_outcome({.kind = outcome_kind::failed_within, .age = early}),
                test_role::rollback,
                worse
            );
        }
        add_test(full, test_role::rollback, worse);
        add_test(
            full,
            test_role::promotion,
            stats::rae_promotion{
                {.max_ratio = params.max_ratio.value_or(error_ratio_max), .floor = params.floor}}
        );
    }

    void add_quantile(const guardrail_params& params, outcome_kind kind) {
        auto const age = params.age.value_or(early_age);
        auto const tolerated = 1.0 - params.quantile;
        bool const compared = params.max_ratio || !params.slo;
        if (compared) {
            stats::rae_rollback const worse{{.rollback_ratio = params.rollback_ratio}};
            add_test(add_outcome({.kind = kind, .age = age}), test_role::rollback, worse);
            add_test(
                add_outcome({.kind = kind, .age = age}),
                test_role::promotion,
                stats::exceedance_margin{}
            );
        }
        if (params.slo) {
            auto const within = add_outcome(
                {.kind = kind,
                 .age = std::max(age, *params.slo),
                 .primary_threshold = *params.slo,
                 .candidate_threshold = *params.slo}
            );
            add_test(within, test_role::rollback, stats::slo_rollback{{.tolerated = tolerated}});
            if (!compared) {
                add_test(within, test_role::promotion, stats::slo_kept{{.tolerated = tolerated}});
            }
            plan_.guards.push_back({guardrail_, within, stats::slo_breach{{.tolerated = tolerated}}}
            );
        }
    }

    void add_accuracy(const guardrail_params& params) {
        auto const wrong =
            add_outcome({.kind = outcome_kind::label_wrong, .age = params.age.value_or(label_age)});
        stats::rae_rollback const worse{{.rollback_ratio = params.rollback_ratio}};
        add_test(wrong, test_role::rollback, worse);
        add_test(wrong, test_role::promotion, stats::contrast_bet::promote(params.max_drop));
    }

    /// One that will get thresholds of its own is never shared.
    std::uint16_t add_outcome(const outcome& made) {
        auto const found = std::find(plan_.outcomes.begin(), plan_.outcomes.end(), made);
        auto const place = found - plan_.outcomes.begin();
        if (found == plan_.outcomes.end() || !is_in_force(made)) {
            plan_.outcomes.push_back(made);
            return static_cast<std::uint16_t>(plan_.outcomes.size() - 1);
        }
        return static_cast<std::uint16_t>(place);
    }

    void add_test(std::uint16_t of_outcome, test_role can, evidence_test test) {
        plan_.tests.push_back({guardrail_, of_outcome, can, std::move(test)});
    }

    plan& plan_;
    milliseconds total_;
    std::uint16_t guardrail_ = 0;
};

/// The thresholds of a compared quantile: the primary's own quantile, and for promotion the margin
/// on the candidate's side.
void set_quantile(
    outcome& judged, const planned_test& test, const guardrail_params& params, microseconds quantile
) {
    auto const ratio =
        test.role == test_role::promotion ? params.max_ratio.value_or(quantile_ratio_max) : 1.0;
    judged.primary_threshold = quantile;
    judged.candidate_threshold =
        microseconds{std::llround(static_cast<double>(quantile.count()) * ratio)};
    auto const needed = std::chrono::ceil<milliseconds>(judged.candidate_threshold);
    judged.age = std::max(judged.age, needed);
}

bool is_compared_quantile(const planned_test& test, const std::vector<outcome>& outcomes) {
    auto const kind = outcomes[test.outcome].kind;
    return (kind == outcome_kind::not_good_within || kind == outcome_kind::no_first_byte_within) &&
           outcomes[test.outcome].primary_threshold == microseconds{0};
}

}  // namespace

std::string name_of(const guardrail_params& guardrail) {
    switch (guardrail.kind) {
        case metric_kind::error_rate:
            return "error_rate";
        case metric_kind::accuracy:
            return "accuracy";
        case metric_kind::latency:
            return fmt::format("latency_p{:g}", guardrail.quantile * 100);
        case metric_kind::first_byte:
            return fmt::format("first_byte_p{:g}", guardrail.quantile * 100);
    }
    return {};
}

std::size_t plan::rollback_tests() const noexcept {
    return static_cast<std::size_t>(std::count_if(tests.begin(), tests.end(), [](const auto& each) {
        return each.role == test_role::rollback;
    }));
}

plan make_plan(const params& chosen, milliseconds total_timeout) {
    MILLRACE_ASSERT(total_timeout > milliseconds{0});
    plan made;
    // Who was assigned how much is always known first.
    made.outcomes.push_back({.kind = outcome_kind::failed_within, .age = early_age});
    planner with{made, total_timeout};
    for (std::size_t i = 0; i < chosen.guardrails.size(); ++i) {
        with.add(static_cast<std::uint16_t>(i), chosen.guardrails[i]);
    }
    return made;
}

std::vector<outcome> with_baselines(
    const plan& of, const params& chosen, const std::vector<baseline>& baselines
) {
    auto outcomes = of.outcomes;
    for (auto const& test : of.tests) {
        auto const& params = chosen.guardrails[test.guardrail];
        auto const& known = baselines[test.guardrail].quantile;
        // Without traffic to learn from, the objective itself is the threshold.
        auto const quantile =
            known || !params.slo ? known : std::optional<microseconds>{*params.slo};
        if (quantile && is_compared_quantile(test, of.outcomes)) {
            set_quantile(outcomes[test.outcome], test, params, *quantile);
        }
    }
    return outcomes;
}

}  // namespace millrace::rollout
