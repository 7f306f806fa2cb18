#pragma once

#include "proxy/stats/capital.hpp"
#include "proxy/stats/tick.hpp"

#include <cstddef>

namespace millrace::stats {

/// RAE, the randomised-assignment e-process, against a harmful candidate.
///
/// Null hypothesis: rate B <= rollback_ratio x rate A at every time, whatever the rates do.
/// One-sided: E grows only when B is worse; reject when E >= 1/alpha, at any look.
///
/// Accounts: one neutral (prior .08) and twelve that bet on a ratio of rollback_ratio x {1.1 .. 20}
/// (prior .92 together). With rollback_ratio = 1 they bet on the arms of bad and of good outcomes
/// (full_bet), else of bad ones only (event_bet). After each tick the accounts share the part
/// 1 - (1 - share)^bad of the capital.
///
/// Valid under weight ramps, bandits and any common course of the rates, as long as each outcome
/// was assigned by a coin of the recorded pi and ticks enter whole, in order of assignment.
///
/// Lifetime: a value without state of its own. Thread: any. Cost of observe(): about a microsecond,
/// however many outcomes the tick has; no allocation. The same state and tick give the same bits.
/// Source: README of this folder; its relatives are Lindon & Malek, NeurIPS 2022, arXiv:2011.03567,
/// and for the share Herbster & Warmuth 1998.
///
///   rae_rollback test{{.rollback_ratio = 1.0}};  auto state = test.start();
///   state = test.observe(state, tick);
///   if (auto const e = log_e(state); e && *e >= std::log(1.0 / alpha)) ...
class rae_rollback {
 public:
    static constexpr std::size_t accounts = 13;

    struct params {
        double rollback_ratio = 1.0;  ///< > 0; 1: any proven harm
        double share = 1e-4;          ///< in [0, 1); 0: the plain mixture
    };

    using state = mixture_state<accounts>;

    explicit rae_rollback(const params& chosen);

    [[nodiscard]] state start() const noexcept;
    [[nodiscard]] state observe(const state& before, const tick& seen) const noexcept;

    /// For a metric whose threshold was set anew: the evidence stays, the rate is learnt again.
    [[nodiscard]] static state with_new_threshold(state before) noexcept;

    /// Nats per outcome in a world, once the rate is known there.
    [[nodiscard]] double growth_in(const rates& world) const noexcept;

 private:
    [[nodiscard]] bets<accounts> bets_at(double pi, double rate) const noexcept;

    params params_;
};

}  // namespace millrace::stats
