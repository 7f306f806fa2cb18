#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace millrace::stats {

/// Whose a part of the partition of hash points is, for one comparison of two versions.
enum class coin_side : std::uint8_t { primary, candidate, other };

/// [begin, end) of the hash points, in units of 2^-16 as routing places units.
struct point_range {
    std::uint32_t begin = 0;
    std::uint32_t end = 65'536;

    [[nodiscard]] bool contains(std::uint32_t point) const noexcept {
        return begin <= point && point < end;
    }

    friend bool operator==(const point_range&, const point_range&) = default;
};

struct coin_part {
    point_range where;
    coin_side side = coin_side::other;
};

struct coin_toss {
    /// Of the candidate, given that the unit is with one of the two; nothing when no coin was left
    /// to toss: the unit is with another version, or had to come to the side where it is.
    std::optional<double> pi;
    coin_side side = coin_side::other;
    point_range known = {};  ///< where the unit's point is now known to be

    friend bool operator==(const coin_toss&, const coin_toss&) = default;
};

/// The coin of a unit that comes back. A sticky unit's place is drawn once; what was seen of it so
/// far says only that its point lies in `known`. Within that it is still uniform, so it is the
/// candidate's with
///
///   pi' = |candidate's part of known| / (|candidate's| + |primary's part of known|)
///
/// After the toss the point is known to lie in the intersection with the part in which it was met.
///
/// @param partition  ascending, without gaps or overlaps, over at least `known`
/// @param point      of the unit, in `known`
/// Cost: O(parts), no allocation.
[[nodiscard]] coin_toss toss_coin(
    const point_range& known, std::span<const coin_part> partition, std::uint32_t point
);

}  // namespace millrace::stats
