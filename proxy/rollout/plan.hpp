#pragma once

#include "proxy/rollout/evidence_test.hpp"
#include "proxy/rollout/outcome.hpp"
#include "proxy/rollout/params.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace millrace::rollout {

/// What is known of a metric before an epoch begins: the primary's quantile then, which is the
/// threshold that both arms are judged by. Nothing: not enough traffic yet, the metric waits.
struct baseline {
    std::optional<microseconds> quantile;

    friend bool operator==(const baseline&, const baseline&) = default;
};

/// A reward: which outcome tells it, and whether it decides anything.
struct planned_reward {
    std::uint16_t outcome = 0;
    bool decides = true;
};

/// Mirrored answers as one guardrail judges them.
struct planned_mirror {
    std::uint16_t guardrail = 0;
    std::uint16_t harm_outcome = 0;    ///< of stats::pair_rollback
    std::uint16_t margin_outcome = 0;  ///< of the test below
    stats::pair_promotion margin;
};

/// What a test can bring about.
enum class test_role : std::uint8_t { rollback, promotion };

/// A test of one guardrail: which outcome it reads, and what it can bring about.
struct planned_test {
    std::uint16_t guardrail = 0;
    std::uint16_t outcome = 0;
    test_role role = test_role::rollback;
    evidence_test test;
    bool decides = true;  ///< false of an indicator
};

/// An SLO that the primary and the candidate are watched by at once: both in breach is an incident.
struct planned_guard {
    std::uint16_t guardrail = 0;
    std::uint16_t outcome = 0;
    stats::slo_breach test;
};

/// An objective that all requests of the route are watched by together.
struct planned_route_guard {
    std::uint16_t outcome = 0;
    stats::slo_breach test;
};

/// What a rollout counts and tests, from its params alone: outcomes and tests keep their places for
/// the whole rollout, only the thresholds of outcomes follow the baseline. Lifetime: a value.
struct plan {
    std::vector<outcome> outcomes;
    std::vector<planned_test> tests;
    std::vector<planned_guard> guards;
    std::vector<planned_reward> rewards;  ///< as in the params
    std::vector<planned_mirror> mirrors;  ///< of mirror_first
    std::optional<planned_route_guard> route_guard;
    std::uint16_t assignments = 0;  ///< the outcome whose counts say who was assigned how much

    /// G: how many tests can roll one candidate back.
    [[nodiscard]] std::size_t rollback_tests() const noexcept;

    /// S: rewards that a candidate can be promoted by.
    [[nodiscard]] std::size_t deciding_rewards() const noexcept;
};

/// @param total_timeout  of the route, > 0: the age at which every request counts as what it is
[[nodiscard]] plan make_plan(const params& chosen, milliseconds total_timeout);

/// The outcomes with the thresholds of an epoch. An outcome without one keeps threshold 0: nothing
/// of it may be entered then.
/// @param baselines  one per guardrail
[[nodiscard]] std::vector<outcome> with_baselines(
    const plan& of, const params& chosen, const std::vector<baseline>& baselines
);

}  // namespace millrace::rollout
