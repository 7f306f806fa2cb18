#include "proxy/simulation/truth.hpp"

#include "proxy/rollout/plan.hpp"
#include "proxy/simulation/conditions.hpp"
#include "proxy/simulation/request_law.hpp"
#include "proxy/simulation/run.hpp"

#include <algorithm>
#include <type_traits>
#include <variant>
#include <vector>

namespace millrace::simulation {

namespace {

// Rates that differ by less are equal: what a quantile is rounded by must not count as harm.
constexpr double equal_within = 1e-6;

struct both_rates {
    double primary = 0;
    double candidate = 0;
};

bool is_worse(const both_rates& rates, double ratio) {
    return rates.candidate > ratio * rates.primary + equal_within;
}

/// Whether the null hypothesis of a rollback test is broken.
bool is_harm(
    const rollout::planned_test& test,
    const rollout::guardrail_params& guardrail,
    const both_rates& rates
) {
    if (std::holds_alternative<stats::slo_rollback>(test.test)) {
        return is_worse(rates, 1.0) && rates.candidate > 1.0 - guardrail.quantile + equal_within;
    }
    return is_worse(rates, guardrail.rollback_ratio);
}

/// Whether the null hypothesis of a promotion test holds.
bool is_beyond_margin(
    const rollout::planned_test& test,
    const rollout::guardrail_params& guardrail,
    const both_rates& rates
) {
    return std::visit(
        [&](const auto& each) {
            using test_type = std::decay_t<decltype(each)>;
            double edge = rates.primary;
            if constexpr (std::is_same_v<test_type, stats::rae_promotion>) {
                edge = std::max(
                    guardrail.max_ratio.value_or(rollout::error_ratio_max) * rates.primary,
                    guardrail.floor
                );
            } else if constexpr (std::is_same_v<test_type, stats::contrast_bet>) {
                edge = rates.primary - each.chosen().delta0;
            } else if constexpr (std::is_same_v<test_type, stats::slo_kept>) {
                edge = 1.0 - guardrail.quantile;
            }
            return rates.candidate >= edge - equal_within;
        },
        test.test
    );
}

/// The outcomes as they would be with the primary's quantiles of the beginning.
std::vector<rollout::outcome> outcomes_in(
    const world_params& world, const rollout::params& policy, const rollout::plan& planned
) {
    auto const& like =
        conditions_at(world, milliseconds{0}).versions[version_named(world, policy.primary)];
    std::vector<rollout::baseline> baselines(policy.guardrails.size());
    for (std::size_t i = 0; i < baselines.size(); ++i) {
        auto const& guardrail = policy.guardrails[i];
        auto const quantile = latency_quantile(like.latency, guardrail.quantile);
        auto const part =
            guardrail.kind == rollout::metric_kind::first_byte ? like.first_byte : 1.0;
        baselines[i].quantile = std::chrono::duration_cast<microseconds>(quantile * part);
    }
    return rollout::with_baselines(planned, policy, baselines);
}

}  // namespace

truth truth_of(const world_params& world, const rollout::params& policy) {
    auto const planned = rollout::make_plan(policy, world.total_timeout);
    auto const outcomes = outcomes_in(world, policy, planned);
    auto const primary = version_named(world, policy.primary);
    auto const candidate = version_named(world, policy.candidates.front());
    truth found{.rollback_is_wrong = true, .promotion_is_wrong = false};
    std::vector<bool> always_beyond(planned.tests.size(), true);
    bool ever_better = planned.deciding_rewards() == 0;
    for (auto const when : turning_points(world, world.time_max)) {
        auto const now = conditions_at(world, when);
        request_law const a{now.versions[primary], outcomes, true, world.total_timeout};
        request_law const b{now.versions[candidate], outcomes, false, world.total_timeout};
        if (planned.deciding_rewards() > 0) {
            auto const gain = now.versions[candidate].reward - now.versions[primary].reward;
            ever_better = ever_better || gain > equal_within;
            found.rollback_is_wrong = found.rollback_is_wrong && gain >= -equal_within;
        }
        for (std::size_t i = 0; i < planned.tests.size(); ++i) {
            auto const& test = planned.tests[i];
            if (!test.decides) {
                always_beyond[i] = false;
                continue;
            }
            auto const& guardrail = policy.guardrails[test.guardrail];
            both_rates const rates{a.rate(test.outcome), b.rate(test.outcome)};
            if (test.role == rollout::test_role::rollback) {
                found.rollback_is_wrong =
                    found.rollback_is_wrong && !is_harm(test, guardrail, rates);
                always_beyond[i] = false;
            } else {
                always_beyond[i] = always_beyond[i] && is_beyond_margin(test, guardrail, rates);
            }
        }
    }
    found.promotion_is_wrong =
        !ever_better ||
        std::find(always_beyond.begin(), always_beyond.end(), true) != always_beyond.end();
    return found;
}

}  // namespace millrace::simulation
