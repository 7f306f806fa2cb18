#pragma once

#include <algorithm>
#include <cstdint>

namespace millrace::stats {

/// What one control period within one weight epoch assigned, at full age: the unit in which
/// evidence enters. A is the primary, B the candidate; "bad" is whatever the metric counts. A
/// value.
///
/// Precondition of everything that takes one: bad_a <= count_a and bad_b <= count_b.
struct tick {
    double pi = 0.5;  ///< probability that a unit was assigned to B, the one that really applied
    std::uint64_t count_a = 0;
    std::uint64_t count_b = 0;
    std::uint64_t bad_a = 0;
    std::uint64_t bad_b = 0;

    [[nodiscard]] std::uint64_t count() const noexcept { return count_a + count_b; }

    [[nodiscard]] std::uint64_t bad() const noexcept { return bad_a + bad_b; }
};

/// The outcomes of one arm alone in a tick; bad <= count.
struct arm_tick {
    std::uint64_t count = 0;
    std::uint64_t bad = 0;

    friend bool operator==(const arm_tick&, const arm_tick&) = default;
};

/// Outside of these, one outcome of the rare arm would stake too much: such ticks are counted as
/// excluded by every process and never enter. A probability inside is used as it is, not clipped.
inline constexpr double pi_min = 0.005;
inline constexpr double pi_max = 0.995;

/// False for NaN too.
[[nodiscard]] constexpr bool may_enter(double pi) noexcept {
    return pi >= pi_min && pi <= pi_max;
}

/// The pooled rate of bad outcomes so far: what a bet on good outcomes has to assume. Past-only
/// when asked before the tick enters. A value.
///
///   rate = (0.5 + bad) / (50 + outcomes), within [1e-6, .98]
struct past_rate {
    std::uint64_t bad = 0;
    std::uint64_t outcomes = 0;

    static constexpr double min = 1e-6;
    static constexpr double max = 0.98;

    [[nodiscard]] double value() const noexcept {
        double const events = 0.5 + static_cast<double>(bad);
        return std::clamp(events / (50.0 + static_cast<double>(outcomes)), min, max);
    }

    void add(const tick& seen) noexcept {
        bad += seen.bad();
        outcomes += seen.count();
    }

    friend bool operator==(const past_rate&, const past_rate&) = default;
};

/// A world to plan for: how often each arm is bad.
struct rates {
    double pi = 0.5;
    double a = 0.0;
    double b = 0.0;

    [[nodiscard]] double pooled() const noexcept { return pi * b + (1.0 - pi) * a; }
};

}  // namespace millrace::stats
