#pragma once

#include "proxy/stats/capital.hpp"
#include "proxy/stats/tick.hpp"

#include <cstddef>

namespace millrace::stats {

/// The e-process that a candidate's latency is good enough to promote: A is judged at a threshold
/// tau, B at the largest histogram edge up to (1 + margin) tau, "bad" is "no complete good answer
/// within it" in both.
///
/// Null hypothesis: B is not better than A at these thresholds, rate B >= rate A. Seven accounts of
/// equal prior bet on the arms of bad and of good outcomes (full_bet) with the ratios {.25 .. .93}.
/// Promote when E >= 1/alpha, at any look. The rest is as in rae_promotion.
///
/// Lifetime: a value without state of its own. Thread: any.
///
///   exceedance_margin test;  auto state = test.start();  state = test.observe(state, tick);
class exceedance_margin {
 public:
    static constexpr std::size_t accounts = 7;

    using state = mixture_state<accounts>;

    [[nodiscard]] static state start() noexcept;
    [[nodiscard]] static state observe(const state& before, const tick& seen) noexcept;

    /// For thresholds that were set anew: the evidence stays, the rate is learnt again.
    [[nodiscard]] static state with_new_threshold(state before) noexcept;

    /// Nats per outcome in a world, once the rate is known there.
    [[nodiscard]] static double growth_in(const rates& world) noexcept;
};

}  // namespace millrace::stats
