#pragma once

#include "proxy/stats/pair_comparison.hpp"
#include "proxy/stats/tick.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace millrace::rollout {

using std::chrono::microseconds;
using std::chrono::milliseconds;

/// What makes an exchange a bad outcome. What is not known at the outcome's age counts as what it
/// is: not answered yet.
enum class outcome_kind : std::uint8_t {
    failed_within,         ///< failed by the time of the age; still running is not bad
    failed_or_unfinished,  ///< not ended without a failure of the version by the threshold
    not_good_within,       ///< no complete good answer by the threshold
    no_first_byte_within,  ///< no first byte of a good answer by the threshold
    label_wrong,  ///< labelled by the time of the age, and wrong; counts labels, not requests
    reward        ///< told by the time of the age how good it was; always by unit
};

/// One bad-or-good question that is asked of every exchange of a route. Each version is judged by
/// the threshold of its role (statistics README, "latency quantiles").
struct outcome {
    outcome_kind kind = outcome_kind::failed_within;
    milliseconds age{1000};  ///< at which the tick's counts enter, whole; >= both thresholds
    microseconds primary_threshold{0};
    microseconds candidate_threshold{0};
    /// Enters as unit_ticks, because its units have a value or a coin of their own; else as
    /// outcome_ticks.
    bool per_unit = false;

    friend bool operator==(const outcome&, const outcome&) = default;
};

/// False while an outcome waits for its threshold: nothing of it may be entered then.
[[nodiscard]] bool is_in_force(const outcome& each) noexcept;

/// True when it is in force and workers count it: false of what enters by unit.
[[nodiscard]] bool is_counted(const outcome& each) noexcept;

/// One outcome's counts of one tick, at full age: what each arm was assigned and how much of it was
/// bad. The evidence enters by these, in order, and by nothing else.
struct outcome_tick {
    std::uint16_t outcome = 0;  ///< place in the plan's outcomes
    std::uint32_t epoch = 0;    ///< of the route's weights
    std::uint64_t tick = 0;     ///< number of the control period within the epoch
    /// By arm: the primary, then the candidates.
    std::vector<std::uint32_t>
        masses;  ///< of the partition, in units of 2^-16: what really applied
    std::vector<stats::arm_tick> counts;

    friend bool operator==(const outcome_tick&, const outcome_tick&) = default;
};

/// One unit's outcome at full age: a sticky unit's window, or a request whose reward was told. It
/// bets by the coin that really decided it (statistics README, "sticky units").
struct unit_outcome {
    std::uint16_t arm = 0;  ///< it was assigned to: 0 is the primary, then the candidates
    double value = 0;       ///< in [0, 1]: how bad; of a reward: how good
    /// By arm, of the part of the partition that its coin covered, in units of 2^-16; empty: the
    /// tick's.
    std::vector<std::uint32_t> masses;

    friend bool operator==(const unit_outcome&, const unit_outcome&) = default;
};

/// The units of one tick of assignment, for outcomes whose units have values or coins of their own.
struct unit_tick {
    std::uint16_t outcome = 0;          ///< place in the plan's outcomes
    std::uint32_t epoch = 0;            ///< of the route's weights
    std::uint64_t tick = 0;             ///< number of the control period within the epoch
    std::vector<std::uint32_t> masses;  ///< by arm, of the whole partition in force
    std::vector<unit_outcome> units;    ///< in the order of assignment

    friend bool operator==(const unit_tick&, const unit_tick&) = default;
};

/// Requests that a candidate answered a copy of: pairs of the primary's answer and its own.
struct mirrored_tick {
    std::uint16_t outcome = 0;    ///< place in the plan's outcomes
    std::uint16_t candidate = 0;  ///< 0 is the first
    std::uint64_t tick = 0;       ///< number of the control period since mirroring began
    stats::pair_tick seen;

    friend bool operator==(const mirrored_tick&, const mirrored_tick&) = default;
};

/// The coin between the primary and a candidate (0 is the first): its part of the mass of the two.
/// Nothing when one of them had no mass: no coin was tossed.
[[nodiscard]] std::optional<double> pi_between(
    const std::vector<std::uint32_t>& masses, std::size_t candidate
);

/// Candidate `index` (0 is the first) against the primary, on what was assigned to either: the
/// coin's pi is its part of the mass of the two. Nothing when one of them had no mass.
[[nodiscard]] std::optional<stats::tick> between(const outcome_tick& seen, std::size_t candidate);

/// All arms together.
[[nodiscard]] stats::arm_tick total(const outcome_tick& seen);

}  // namespace millrace::rollout
