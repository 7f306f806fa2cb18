#pragma once

#include "proxy/stats/capital.hpp"

namespace millrace::stats {

/// The one-sample e-process that a service level objective is kept: evidence to promote a version
/// that has an SLO and no baseline to be compared with.
///
/// Null hypothesis: the rate of bad outcomes is at least `tolerated` at every time. Seven accounts
/// of equal prior bet on the rates tolerated x {.001 .. .9} (rate_bet). Promote when E >= 1/alpha,
/// at any look. Needs no coin.
///
/// Lifetime: a value without state of its own. Thread: any. Cost: O(1), no allocation.
class slo_kept {
 public:
    static constexpr std::size_t accounts = 7;

    struct params {
        double tolerated = 0.01;  ///< in (0, 1)
    };

    /// All that has to be stored.
    using state = mixture_state<accounts>;

    explicit slo_kept(const params& chosen);

    [[nodiscard]] state start() const noexcept;
    /// Looks at B only.
    [[nodiscard]] state observe(const state& before, const tick& seen) const noexcept;
    /// Nats per outcome of both arms in a world.
    [[nodiscard]] double growth_in(const rates& world) const noexcept;

 private:
    bets<accounts> bets_;
    shares<accounts> prior_;
};

}  // namespace millrace::stats
