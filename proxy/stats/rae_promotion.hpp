#pragma once

#include "proxy/stats/capital.hpp"
#include "proxy/stats/tick.hpp"

#include <cstddef>

namespace millrace::stats {

/// RAE with a margin: the randomised-assignment e-process that a candidate is good enough to
/// promote (non-inferiority).
///
/// Null hypothesis: rate B >= max(max_ratio x rate A, floor). E = .9 E_margin + .1 E_floor: the
/// first bets on the arms of bad outcomes (event_bet) with those ratios of {.25 .. 1.2} that lie
/// below max_ratio, the second on B alone (rate_bet) with the rates floor x {.001 .. .9}. Without
/// the second, two versions that never fail would never be told apart from two that do.
///
/// Promote when E >= 1/alpha, at any look. The rest is as in rae_rollback, except that the accounts
/// do not share: old evidence does not expire here, so the controller also looks at a process that
/// was restarted with the weight step.
///
///   rae_promotion test{{.max_ratio = 1.5, .floor = 0.005}};  auto state = test.start();
class rae_promotion {
 public:
    static constexpr std::size_t margin_accounts = 8;
    static constexpr std::size_t floor_accounts = 7;
    static constexpr std::size_t accounts = margin_accounts + floor_accounts;

    struct params {
        double max_ratio = 1.5;  ///< > .25, the least ratio that is bet on
        double floor = 0.005;    ///< in (0, 1): a rate below which a difference does not matter
    };

    using state = mixture_state<accounts>;

    explicit rae_promotion(const params& chosen);

    [[nodiscard]] state start() const noexcept;
    [[nodiscard]] state observe(const state& before, const tick& seen) const noexcept;

    /// Nats per outcome in a world.
    [[nodiscard]] double growth_in(const rates& world) const noexcept;

 private:
    [[nodiscard]] bets<accounts> bets_at(double pi) const noexcept;

    params params_;
    shares<accounts> prior_;
};

}  // namespace millrace::stats
