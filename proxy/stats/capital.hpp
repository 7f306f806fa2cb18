#pragma once

#include "proxy/stats/bet.hpp"
#include "proxy/stats/tick.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

namespace millrace::stats {

/// ln(sum of exp(x)), without overflow; -inf when all are. O(n).
template <class Range>
[[nodiscard]] double log_sum_exp(const Range& logarithms) noexcept {
    double highest = -std::numeric_limits<double>::infinity();
    for (double const each : logarithms) {
        highest = std::max(highest, each);
    }
    if (std::isinf(highest)) {
        return highest;
    }
    double sum = 0.0;
    for (double const each : logarithms) {
        sum += std::exp(each - highest);
    }
    return highest + std::log(sum);
}

/// The logarithm of an e-process, or nothing when it is not finite: an error state of the metric,
/// which takes part in no comparison.
[[nodiscard]] inline std::optional<double> finite_log_e(double log_e) noexcept {
    return std::isfinite(log_e) ? std::optional{log_e} : std::nullopt;
}

/// An e-process that spreads its capital of 1 over several bets: E is the sum of the accounts. All
/// that it has to remember are their logarithms, so a plain copy of the numbers is the process.
/// Lifetime: a value of 8 bytes an account. Thread: one.
template <std::size_t Accounts>
struct capital {
    static constexpr std::size_t accounts = Accounts;

    std::array<double, Accounts> log_parts{};  ///< nats; -inf: nothing was laid on it

    friend bool operator==(const capital&, const capital&) = default;
};

template <std::size_t Accounts>
using shares = std::array<double, Accounts>;

template <std::size_t Accounts>
using bets = std::array<bet, Accounts>;

/// @param prior  each >= 0, sum 1
template <std::size_t Accounts>
[[nodiscard]] capital<Accounts> invest(const shares<Accounts>& prior) noexcept {
    capital<Accounts> made;
    for (std::size_t i = 0; i < Accounts; ++i) {
        made.log_parts[i] = std::log(prior[i]);
    }
    return made;
}

template <std::size_t Accounts>
[[nodiscard]] double log_total(const capital<Accounts>& held) noexcept {
    return log_sum_exp(held.log_parts);
}

/// Every account after the tick, each with the bet of its place.
template <std::size_t Accounts>
[[nodiscard]] capital<Accounts> after(
    capital<Accounts> held, const bets<Accounts>& placed, const tick& seen
) noexcept {
    for (std::size_t i = 0; i < Accounts; ++i) {
        held.log_parts[i] += log_factor(placed[i], seen);
    }
    return held;
}

/// Fixed share: each account gives up the part `part` of what it has, and the sum is laid anew as
/// the prior says. E stays what it is; no account can starve, so a change after a long good time is
/// found without paying back that time's losses first. Source: Herbster & Warmuth, Machine Learning
/// 32, 1998, "Tracking the best expert".
/// @param part  in [0, 1]
template <std::size_t Accounts>
[[nodiscard]] capital<Accounts> redistributed(
    capital<Accounts> held, const shares<Accounts>& prior, double part
) noexcept {
    double const total = log_total(held);
    for (std::size_t i = 0; i < Accounts; ++i) {
        double const kept = (1.0 - part) * std::exp(held.log_parts[i] - total);
        held.log_parts[i] = total + std::log(kept + part * prior[i]);
    }
    return held;
}

/// Weights scaled to sum 1.
template <std::size_t Accounts>
[[nodiscard]] shares<Accounts> normalized(shares<Accounts> weights) noexcept {
    double sum = 0.0;
    for (double const each : weights) {
        sum += each;
    }
    for (double& each : weights) {
        each /= sum;
    }
    return weights;
}

/// What a process remembers between ticks, and all that has to be stored of it. A value.
template <std::size_t Accounts>
struct mixture_state {
    capital<Accounts> held = {};
    past_rate past = {};         ///< of what has entered
    std::uint64_t excluded = 0;  ///< outcomes that came with a pi out of range and did not enter

    friend bool operator==(const mixture_state&, const mixture_state&) = default;
};

/// The state after a tick. A tick whose pi is out of range only counts as excluded.
/// @param bets_at  pi, past pooled rate -> bets
template <std::size_t Accounts, class BetsAt>
[[nodiscard]] mixture_state<Accounts> observed(
    mixture_state<Accounts> before, const tick& seen, const BetsAt& bets_at
) {
    if (!may_enter(seen.pi)) {
        before.excluded += seen.count();
        return before;
    }
    before.held = after(before.held, bets_at(seen.pi, before.past.value()), seen);
    before.past.add(seen);
    return before;
}

template <std::size_t Accounts>
[[nodiscard]] std::optional<double> log_e(const mixture_state<Accounts>& now) noexcept {
    return finite_log_e(log_total(now.held));
}

/// How fast E grows in a world, in nats per outcome, once the best account has outgrown the rest.
template <std::size_t Accounts>
[[nodiscard]] double best_growth(
    const bets<Accounts>& placed, const shares<Accounts>& prior, const rates& world
) noexcept {
    double best = -std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < Accounts; ++i) {
        if (prior[i] > 0.0) {
            best = std::max(best, growth(placed[i], world));
        }
    }
    return best;
}

}  // namespace millrace::stats
