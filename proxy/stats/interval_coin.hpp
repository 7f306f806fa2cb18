#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace millrace::stats {

/// [begin, end) of the hash points, in units of 2^-16 as routing places units.
struct point_range {
    std::uint32_t begin = 0;
    std::uint32_t end = 65'536;

    [[nodiscard]] bool contains(std::uint32_t point) const noexcept {
        return begin <= point && point < end;
    }

    friend bool operator==(const point_range&, const point_range&) = default;
};

/// What both hold; empty where they do not meet.
[[nodiscard]] point_range intersection(const point_range& one, const point_range& other) noexcept;

/// Of a version that takes no part in the comparison.
inline constexpr std::uint16_t no_arm = 0xffff;

/// Whose a part of the partition of hash points is: 0 is the primary, then the candidates.
struct coin_part {
    point_range where;
    std::uint16_t arm = no_arm;
};

struct coin_toss {
    std::uint16_t arm = no_arm;  ///< where the unit was met
    point_range known = {};      ///< where its point is now known to be
    /// False when no coin was left to toss: the unit is with no arm, or whom it could be compared
    /// with holds nothing of where it could have been.
    bool is_bet = false;

    friend bool operator==(const coin_toss&, const coin_toss&) = default;
};

/// The coin of a unit that comes back. A sticky unit's place is drawn once; what was seen of it so
/// far says only that its point lies in `known`. Within that it is still uniform, so candidate j,
/// against the primary, is met with
///
///   pi' = |j's part of known| / (|j's| + |primary's part of known|)
///
/// (masses_within). After the toss the point is known to lie in the intersection with the part in
/// which it was met. To know less than was seen is wrong, to condition on more never is.
///
/// @param partition  ascending, without gaps or overlaps, over at least `known`
/// @param point      of the unit, in `known`
/// Cost: O(parts), no allocation.
[[nodiscard]] coin_toss toss_coin(
    const point_range& known, std::span<const coin_part> partition, std::uint32_t point
);

/// By arm, how much of `known` it holds, in units of 2^-16.
[[nodiscard]] std::vector<std::uint32_t> masses_within(
    const point_range& known, std::span<const coin_part> partition, std::size_t arms
);

}  // namespace millrace::stats
