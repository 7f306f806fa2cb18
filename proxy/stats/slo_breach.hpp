#pragma once

#include "proxy/stats/capital.hpp"
#include "proxy/stats/rae_rollback.hpp"
#include "proxy/stats/tick.hpp"

#include <cstddef>
#include <optional>

namespace millrace::stats {

/// The one-sample e-process that a service level objective is broken ("p99 <= T" with a tolerated
/// rate of .01, where bad is "not done within T").
///
/// Null hypothesis: the rate of bad outcomes is at most `tolerated` at every time. Seven accounts
/// of equal prior bet on the rates tolerated x {1.1 .. 10}, those of them that are below 1. Alarm
/// when E >= 1/alpha, at any look. Needs no coin: it serves as a guard of a whole route too.
///
/// Lifetime: a value without state of its own. Thread: any. Cost: O(1), no allocation.
///
///   slo_breach test{{.tolerated = 0.01}};  state = test.observe(state, {.count = 1000, .bad =
///   25});
class slo_breach {
 public:
    static constexpr std::size_t accounts = 7;

    struct params {
        double tolerated = 0.01;  ///< in (0, .9]
    };

    using state = capital<accounts>;

    explicit slo_breach(const params& chosen);

    [[nodiscard]] state start() const noexcept;

    [[nodiscard]] state observe(const state& before, const arm_tick& seen) const noexcept;

    /// Nats per outcome where the rate is `rate`.
    [[nodiscard]] double growth_at(double rate) const noexcept;

 private:
    bets<accounts> bets_;
    shares<accounts> prior_;
};

/// An SLO as a reason to roll a candidate back: it is broken by B, and B is worse than A. E is the
/// smaller of slo_breach on B and rae_rollback on the same outcomes, so an incident of both
/// versions rolls nothing back.
///
/// Null hypothesis: rate B <= tolerated, or rate B <= rate A (at every time each). Valid for the
/// union, because E is at most the e-process of whichever holds.
class slo_rollback {
 public:
    using params = slo_breach::params;

    /// All that has to be stored.
    struct state {
        slo_breach::state breach;
        rae_rollback::state worse;

        friend bool operator==(const state&, const state&) = default;
    };

    explicit slo_rollback(const params& chosen);

    [[nodiscard]] state start() const noexcept;
    [[nodiscard]] state observe(const state& before, const tick& seen) const noexcept;

    /// For a metric whose threshold was set anew: as rae_rollback.
    [[nodiscard]] static state with_new_threshold(const state& before) noexcept;

    /// Nats per outcome of both arms in a world.
    [[nodiscard]] double growth_in(const rates& world) const noexcept;

 private:
    slo_breach breach_;
    rae_rollback worse_;
};

[[nodiscard]] std::optional<double> log_e(const slo_breach::state& now) noexcept;
[[nodiscard]] std::optional<double> log_e(const slo_rollback::state& now) noexcept;

}  // namespace millrace::stats
