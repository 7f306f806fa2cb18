#pragma once

#include "proxy/rollout/unit_batch.hpp"
#include "proxy/stats/contrast_bet.hpp"
#include "proxy/stats/exceedance_margin.hpp"
#include "proxy/stats/rae_promotion.hpp"
#include "proxy/stats/rae_rollback.hpp"
#include "proxy/stats/slo_breach.hpp"
#include "proxy/stats/slo_kept.hpp"

#include <optional>
#include <type_traits>
#include <variant>

namespace millrace::rollout {

/// One e-process of a rollout, whichever of stats' it is: a test without state, and its state as a
/// plain value beside it. All take the same ticks. Thread: any.
///
///   auto state = start(test);  state = observe(test, state, tick);  auto e = log_e(state);
using evidence_test = std::variant<
    stats::rae_rollback,
    stats::slo_rollback,
    stats::rae_promotion,
    stats::exceedance_margin,
    stats::slo_kept,
    stats::contrast_bet>;

/// All that has to be stored of one: numbers without pointers.
using evidence_state = std::variant<
    stats::rae_rollback::state,
    stats::slo_rollback::state,
    stats::rae_promotion::state,
    stats::exceedance_margin::state,  // and slo_kept's: the same numbers
    stats::contrast_bet::state>;
static_assert(std::is_same_v<stats::exceedance_margin::state, stats::slo_kept::state>);

[[nodiscard]] evidence_state start(const evidence_test& test);

/// @param before  of the same kind as the test (asserted)
[[nodiscard]] evidence_state observe(
    const evidence_test& test, const evidence_state& before, const stats::tick& seen
);

/// Of units with a value or a coin of their own. Tests that know good and bad only take units
/// whose value is one of the two.
[[nodiscard]] evidence_state observe(
    const evidence_test& test, const evidence_state& before, const unit_batch& seen
);

/// For a metric whose thresholds were set anew: the evidence stays, rates are learnt again.
[[nodiscard]] evidence_state with_new_threshold(const evidence_state& before);

/// Nats; nothing when it is not finite, which is an error state of the metric.
[[nodiscard]] std::optional<double> log_e(const evidence_state& now);

/// Nats per outcome where the rates are these.
[[nodiscard]] double growth_in(const evidence_test& test, const stats::rates& world);

/// The same where the world goes on as it was: tests of values go by the values that they saw.
/// @param world  the rates so far
[[nodiscard]] double growth_after(
    const evidence_test& test, const evidence_state& now, const stats::rates& world
);

/// A world with the means and spreads that a bet has seen so far.
[[nodiscard]] stats::contrast_world world_of(const stats::contrast_moments& past, double pi);

}  // namespace millrace::rollout
