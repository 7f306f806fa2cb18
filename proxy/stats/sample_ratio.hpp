#pragma once

#include "proxy/stats/capital.hpp"
#include "proxy/stats/tick.hpp"

#include <cstddef>

namespace millrace::stats {

/// The e-process that assignments, or anything that arrives per assignment, do not follow the coin
/// (sample ratio mismatch), under any course of pi.
///
/// Null hypothesis: each unit is B's with the recorded probability pi. Two-sided: twelve accounts
/// of equal prior bet that the odds of B are {1.03 .. 20} times those of pi, or one part in as many
/// (coin_bet). Alarm when E >= 1/alpha (alpha = .001), at any look. Only count_a and count_b
/// matter.
///
/// Lifetime: a value without state of its own. Thread: any. Cost: O(1), no allocation.
class sample_ratio {
 public:
    static constexpr std::size_t accounts = 12;

    using state = mixture_state<accounts>;

    [[nodiscard]] static state start() noexcept;
    [[nodiscard]] static state observe(const state& before, const tick& seen) noexcept;

    /// Nats per unit where the coin has the probability `actual` in place of `pi`.
    [[nodiscard]] static double growth_at(double pi, double actual) noexcept;
};

struct sample_ratio_counts {
    double candidate = 0.0;      ///< units that came to B, in [0, total]
    double total = 0.0;          ///< units
    double pi = 0.5;             ///< what B should get, in (0, 1), the same for all units
    double concentration = 500;  ///< c > 0: how near to pi the alternative is expected
};

/// The same under a pi that never changes, from two counts: a beta mixture over the true
/// probability.
///
///   ln E = ln B(c pi + n_B, c (1 - pi) + n_A) - ln B(c pi, c (1 - pi)) - n_B ln pi - n_A ln(1 -
///   pi)
///
/// Cost: O(1). Source: Lindon & Malek, NeurIPS 2022, arXiv:2011.03567.
[[nodiscard]] double sample_ratio_log_e(const sample_ratio_counts& seen);

}  // namespace millrace::stats
