#pragma once

#include "proxy/stats/tick.hpp"

namespace millrace::stats {

/// One bet on the coin that the gateway tossed: the logarithm of what the capital is multiplied by,
/// for each thing that an outcome can be. A likelihood ratio of (arm, bad or good) against the edge
/// of the null hypothesis, so its mean is at most 1 while that holds. A value, unit: nats.
struct bet {
    double bad_a = 0.0;
    double bad_b = 0.0;
    double good_a = 0.0;
    double good_b = 0.0;
};

/// What a tick multiplies the capital of a bet by, as a logarithm. O(1).
[[nodiscard]] double log_factor(const bet& placed, const tick& seen) noexcept;

/// The mean of the logarithm per outcome in a world: how fast the bet grows there, nats per
/// outcome.
[[nodiscard]] double growth(const bet& placed, const rates& world) noexcept;

/// A bet on the arms of bad outcomes alone, for the null "rate B = null_ratio x rate A" at its
/// edge:
///
///   p_r = pi r / (pi r + 1 - pi);  bad in B: p_r / p_null,  bad in A: (1 - p_r) / (1 - p_null)
///
/// Valid against rate B <= null_ratio x rate A if ratio > null_ratio, against >= if ratio is below.
/// @param ratio, null_ratio  > 0
[[nodiscard]] bet event_bet(double pi, double ratio, double null_ratio) noexcept;

/// A bet on the arms of bad and of good outcomes, for the null "rate B = rate A" at its edge. With
/// t_B = r t / (pi r + 1 - pi) and t_A = t / (pi r + 1 - pi), the rates that have the ratio r and
/// the pooled rate t, an outcome of arm X multiplies by t_X / t if bad and (1 - t_X) / (1 - t) if
/// good.
///
/// Near a total outage the larger of the two is cut at .99: t_B for r > 1 (t_A then keeps the
/// pooled rate), t_A for r < 1. As t is at most .98, the bet keeps its direction.
/// @param ratio  r > 0; above 1 valid against rate B <= rate A, below 1 against >=
/// @param rate   t, in [1e-6, .98], of the past only
[[nodiscard]] bet full_bet(double pi, double ratio, double rate) noexcept;

/// A bet on B's outcomes alone, that its rate is q and not p: q/p if bad, (1-q)/(1-p) if good.
/// Valid against rate B <= p if q > p, against >= if q < p. Both in (0, 1).
[[nodiscard]] bet rate_bet(double q, double p) noexcept;

/// A bet on the coin itself, bad or good alike: that the odds of B are `odds` times those of pi.
[[nodiscard]] bet coin_bet(double pi, double odds) noexcept;

}  // namespace millrace::stats
