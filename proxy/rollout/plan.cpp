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
    planner(plan& made, const params& chosen, milliseconds total_timeout)
        : plan_{made}, chosen_{chosen}, total_{total_timeout} {
        // Who was assigned how much is always known first.
        add_outcome({.kind = outcome_kind::failed_within, .age = early_age});
    }

    void add(std::uint16_t guardrail, const guardrail_params& params) {
        guardrail_ = guardrail;
        decides_ = params.role == metric_role::deciding;
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
        // Copies get no labels.
        bool const is_seen = params.kind != metric_kind::accuracy;
        if (chosen_.strategy == strategy::mirror_first && decides_ && is_seen) {
            add_mirror(params);
        }
    }

    void add(const reward_params& reward) {
        outcome const told{
            .kind = outcome_kind::reward,
            .age = reward.age.value_or(label_age),
            .primary_threshold = {},
            .candidate_threshold = {},
            .per_unit = true};
        // Each reward has an outcome of its own: their scores differ.
        plan_.outcomes.push_back(told);
        plan_.rewards.push_back(
            {static_cast<std::uint16_t>(plan_.outcomes.size() - 1),
             reward.role == metric_role::deciding}
        );
    }

    /// Needs no coin, so it counts requests also where clients are the units.
    void add(const route_guard_params& guard) {
        plan_.route_guard = {
            find_or_add(at_full_age()), stats::slo_breach{{.tolerated = guard.max_error_rate}}};
    }

 private:
    /// Fast failures after a second, everything that is not a good answer at full age (R4).
    void add_error_rate(const guardrail_params& params) {
        auto const full = add_outcome(at_full_age());
        auto const worse = harm_test(params);
        auto const early = params.age.value_or(early_age);
        if (early < total_) {
            add_test(
                add_outcome({.kind = outcome_kind::failed_within, .age = early}),
                test_role::rollback,
                worse
            );
        }
        add_test(full, test_role::rollback, worse);
        if (has_scores()) {
            add_test(full, test_role::promotion, stats::contrast_bet::promote(params.floor));
            return;
        }
        add_test(
            full,
            test_role::promotion,
            stats::rae_promotion{
                {.max_ratio = params.max_ratio.value_or(error_ratio_max), .floor = params.floor}}
        );
    }

    [[nodiscard]] outcome at_full_age() const {
        return {
            .kind = outcome_kind::failed_or_unfinished,
            .age = total_,
            .primary_threshold = total_,
            .candidate_threshold = total_};
    }

    /// True when a unit's outcome is no bad or good, but a part of its requests.
    [[nodiscard]] bool has_scores() const {
        return chosen_.unit_outcome == stats::unit_outcome::fraction;
    }

    [[nodiscard]] evidence_test harm_test(const guardrail_params& params) const {
        if (has_scores()) {
            return stats::contrast_bet::rollback();
        }
        return stats::rae_rollback{{.rollback_ratio = params.rollback_ratio}};
    }

    void add_quantile(const guardrail_params& params, outcome_kind kind) {
        auto const age = params.age.value_or(early_age);
        auto const tolerated = 1.0 - params.quantile;
        bool const compared = params.max_ratio || !params.slo;
        if (compared) {
            add_test(
                add_outcome({.kind = kind, .age = age}), test_role::rollback, harm_test(params)
            );
            // The margin lies between the thresholds, so the candidate has to be better at them.
            add_test(
                add_outcome({.kind = kind, .age = age}),
                test_role::promotion,
                has_scores() ? evidence_test{stats::contrast_bet::success()}
                             : evidence_test{stats::exceedance_margin{}}
            );
        }
        if (params.slo) {
            MILLRACE_ASSERT(!has_scores());
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
            if (decides_) {
                plan_.guards.push_back(
                    {guardrail_, within, stats::slo_breach{{.tolerated = tolerated}}}
                );
            }
        }
    }

    void add_accuracy(const guardrail_params& params) {
        auto const wrong =
            add_outcome({.kind = outcome_kind::label_wrong, .age = params.age.value_or(label_age)});
        add_test(wrong, test_role::rollback, harm_test(params));
        add_test(wrong, test_role::promotion, stats::contrast_bet::promote(params.max_drop));
    }

    /// Mirrored answers are asked what the guardrail's last tests of either role are.
    void add_mirror(const guardrail_params& params) {
        auto const harm = last_of(test_role::rollback);
        auto const margin = last_of(test_role::promotion);
        stats::pair_promotion::params asked{.max_ratio = 1, .floor = {}};
        if (params.kind == metric_kind::error_rate) {
            asked = {
                .max_ratio = params.max_ratio.value_or(error_ratio_max), .floor = params.floor};
        } else if (params.slo && !params.max_ratio) {
            asked.floor = 1.0 - params.quantile;
        }
        plan_.mirrors.push_back({guardrail_, harm, margin, stats::pair_promotion{asked}});
    }

    [[nodiscard]] std::uint16_t last_of(test_role role) const {
        auto const found =
            std::find_if(plan_.tests.rbegin(), plan_.tests.rend(), [role](const auto& each) {
                return each.role == role;
            });
        MILLRACE_ASSERT(found != plan_.tests.rend());
        return found->outcome;
    }

    /// Of the units that the route is split by.
    std::uint16_t add_outcome(outcome made) {
        made.per_unit = chosen_.unit_outcome.has_value();
        return find_or_add(made);
    }

    /// One that will get thresholds of its own is never shared.
    std::uint16_t find_or_add(const outcome& made) {
        auto const found = std::find(plan_.outcomes.begin(), plan_.outcomes.end(), made);
        auto const place = found - plan_.outcomes.begin();
        if (found == plan_.outcomes.end() || !is_in_force(made)) {
            plan_.outcomes.push_back(made);
            return static_cast<std::uint16_t>(plan_.outcomes.size() - 1);
        }
        return static_cast<std::uint16_t>(place);
    }

    void add_test(std::uint16_t of_outcome, test_role can, evidence_test test) {
        plan_.tests.push_back({guardrail_, of_outcome, can, std::move(test), decides_});
    }

    plan& plan_;
    const params& chosen_;
    milliseconds total_;
    std::uint16_t guardrail_ = 0;
    bool decides_ = true;
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

double value_of(const reward_params& reward, double score) noexcept {
    auto const part =
        (std::clamp(score, reward.min, reward.max) - reward.min) / (reward.max - reward.min);
    return reward.larger_is_better ? part : 1.0 - part;
}

std::size_t plan::rollback_tests() const noexcept {
    auto const of_guardrails = std::count_if(tests.begin(), tests.end(), [](const auto& each) {
        return each.decides && each.role == test_role::rollback;
    });
    return static_cast<std::size_t>(of_guardrails) + deciding_rewards() + mirrors.size();
}

std::size_t plan::deciding_rewards() const noexcept {
    return static_cast<std::size_t>(
        std::count_if(rewards.begin(), rewards.end(), [](const auto& each) { return each.decides; })
    );
}

plan make_plan(const params& chosen, milliseconds total_timeout) {
    MILLRACE_ASSERT(total_timeout > milliseconds{0});
    plan made;
    planner with{made, chosen, total_timeout};
    for (std::size_t i = 0; i < chosen.guardrails.size(); ++i) {
        with.add(static_cast<std::uint16_t>(i), chosen.guardrails[i]);
    }
    for (auto const& each : chosen.rewards) {
        with.add(each);
    }
    if (chosen.route_guard) {
        with.add(*chosen.route_guard);
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
