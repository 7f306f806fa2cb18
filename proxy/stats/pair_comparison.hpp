#pragma once

#include "proxy/stats/capital.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace millrace::stats {

/// Requests that both versions answered, one of them a copy: what was bad of each pair. A is the
/// primary, B the candidate.
struct pair_tick {
    std::uint64_t pairs = 0;
    std::uint64_t both_bad = 0;
    std::uint64_t only_a_bad = 0;
    std::uint64_t only_b_bad = 0;

    friend bool operator==(const pair_tick&, const pair_tick&) = default;
};

/// How mirrored answers are compared: only pairs of which one answer is bad tell the versions
/// apart, and each of them is a coin whose side says which (McNemar, Psychometrika 12, 1947, as an
/// e-process). If rate B <= r x rate A then B is the bad one of such a pair with probability at
/// most r / (1 + r), given the past; and if rate B >= r x rate A with r >= 1, with at least that.
///
/// Against a harmful candidate. Null hypothesis: rate B <= rate A at every time. Twelve accounts of
/// equal prior bet on the ratios {1.1 .. 20}; they share, as those of rae_rollback do.
///
/// Lifetime: a value without state of its own. Thread: any. Cost: O(1), no allocation.
class pair_rollback {
 public:
    static constexpr std::size_t accounts = 12;
    using state = capital<accounts>;

    [[nodiscard]] static state start() noexcept;
    [[nodiscard]] static state observe(const state& before, const pair_tick& seen) noexcept;
};

/// That a candidate is good enough. Null hypothesis: rate B >= max(max_ratio x rate A, floor).
/// E = .9 E_margin + .1 E_floor as in rae_promotion: the first bets on pairs with one bad answer,
/// the second on B's answers alone. Without a floor all is laid on the margin.
class pair_promotion {
 public:
    static constexpr std::size_t margin_accounts = 6;
    static constexpr std::size_t floor_accounts = 3;
    static constexpr std::size_t accounts = margin_accounts + floor_accounts;
    using state = capital<accounts>;

    struct params {
        double max_ratio = 1.5;       ///< >= 1
        std::optional<double> floor;  ///< in (0, 1)

        friend bool operator==(const params&, const params&) = default;
    };

    explicit pair_promotion(const params& chosen);

    [[nodiscard]] state start() const noexcept;
    [[nodiscard]] state observe(const state& before, const pair_tick& seen) const noexcept;

 private:
    shares<accounts> prior_{};
    bets<accounts> bets_;
};

}  // namespace millrace::stats
