#pragma once

#include "proxy/base/weight.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace millrace::routing {

/// The partition of [0, 1) between the versions of a route, in units of 2^-16. A point belongs to
/// one version; a version's mass is the number of units that it holds, so its probability is
/// exactly mass / 65536. Versions are known by index, as in the route's `backend_refs`.
///
/// Lifetime: a value, immutable. Thread: any.
///
///   traffic_split split{weights};  auto choice = split.pick(point);
class traffic_split {
 public:
    static constexpr std::uint32_t units = 65'536;

    /// The most versions that a split takes; each one with a weight gets at least one unit.
    static constexpr std::size_t versions_max = 1'024;

    /// From `begin` to the next piece's begin, or to the end.
    struct piece {
        std::uint16_t begin = 0;
        std::uint16_t version = 0;

        friend bool operator==(const piece&, const piece&) = default;
    };

    struct choice {
        std::uint16_t version = 0;
        std::uint32_t mass = 0;  ///< of the version, 1 to 65536

        friend bool operator==(const choice&, const choice&) = default;
    };

    /// Empty: no versions, picks nothing.
    traffic_split() = default;

    /// One piece per version, in order. Masses are the weights' shares of 65536 rounded by largest
    /// remainder (the first of equals), at least 1 for a weight above 0. Weights that are all 0
    /// make a split that picks nothing.
    explicit traffic_split(std::span<const weight> weights);

    /// The partition that pieces() described once; nothing if they are not one: the first begins
    /// at 0, begins rise, versions are below `versions`. No pieces: a split that picks nothing.
    [[nodiscard]] static std::optional<traffic_split> from_pieces(
        std::span<const piece> pieces, std::size_t versions
    );

    /// The same versions under other weights, by the smallest movement: exactly
    /// sum(max(0, old mass - new mass)) units change hands, none between two that both gain or both
    /// lose. Whole pieces move first, then at most one piece is cut for each pair that trades, of
    /// which there are fewer than donors and receivers together.
    ///
    /// Masses are rounded by largest remainder, but a version whose mass already is one of the two
    /// roundings of its share keeps it where the total allows: so no unit moves between versions
    /// whose weights stayed when the sum of weights stayed.
    ///
    /// @param next      one weight per version, as many as now
    /// @param cut_seed  decides where a newcomer's part is cut, so that the same units are not
    ///                  always the testers; the same seed gives the same partition
    [[nodiscard]] traffic_split rebalanced(std::span<const weight> next, std::uint64_t cut_seed)
        const;

    /// The same with a changed list of versions: `places[old index]` is the version's index in
    /// `next`, or nothing when it is gone and gives up all that it had.
    [[nodiscard]] traffic_split carried_over(
        std::span<const std::optional<std::uint16_t>> places,
        std::span<const weight> next,
        std::uint64_t cut_seed
    ) const;

    /// Whose the point is; nothing from an empty split. Cost: a binary search over the pieces.
    [[nodiscard]] std::optional<choice> pick(std::uint16_t point) const noexcept {
        std::size_t count = pieces_.size();
        if (count == 0) {
            return std::nullopt;
        }
        const piece* base = pieces_.data();
        while (count > 1) {
            std::size_t const half = count / 2;
            base += base[half].begin <= point ? half : 0;
            count -= half;
        }
        return choice{base->version, masses_[base->version]};
    }

    [[nodiscard]] bool empty() const noexcept { return pieces_.empty(); }

    /// Units of each version, in order; they sum to 65536, or to 0 when the split is empty.
    [[nodiscard]] std::span<const std::uint32_t> masses() const noexcept { return masses_; }

    /// The partition in order, neighbours of different versions: what is stored.
    [[nodiscard]] std::span<const piece> pieces() const noexcept { return pieces_; }

    friend bool operator==(const traffic_split&, const traffic_split&) = default;

 private:
    std::vector<piece> pieces_;
    std::vector<std::uint32_t> masses_;
};

}  // namespace millrace::routing
