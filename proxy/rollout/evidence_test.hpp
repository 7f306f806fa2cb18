#pragma once

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

/// For a metric whose thresholds were set anew: the evidence stays, rates are learnt again.
[[nodiscard]] evidence_state with_new_threshold(const evidence_state& before);

/// Nats; nothing when it is not finite, which is an error state of the metric.
[[nodiscard]] std::optional<double> log_e(const evidence_state& now);

/// Nats per outcome where the rates are these.
[[nodiscard]] double growth_in(const evidence_test& test, const stats::rates& world);

}  // namespace millrace::rollout
