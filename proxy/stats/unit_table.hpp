#pragma once

#include "proxy/stats/interval_coin.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace millrace::stats {

/// A hash beside the one that places a unit: whom a bounded memory keeps is drawn by it, and has
/// nothing to do with the unit's version or with what it does.
/// @param salt  another one for each rollout
[[nodiscard]] std::uint64_t second_hash(std::uint64_t hash, std::uint64_t salt) noexcept;

/// What is known of a sticky unit.
struct unit_record {
    std::uint64_t hash = 0;   ///< its upper 16 bits are the unit's point
    point_range known = {};   ///< where that was known to be at the latest contact
    std::uint32_t epoch = 0;  ///< of the latest contact; 0: it was never met

    friend bool operator==(const unit_record&, const unit_record&) = default;
};

/// A unit's first contact in a weight epoch.
struct unit_encounter {
    point_range before;  ///< where the point was known to be
    coin_toss toss;

    friend bool operator==(const unit_encounter&, const unit_encounter&) = default;
};

/// The units of a rollout on a sticky route: each enters the tests at most once per weight epoch,
/// with the coin that its history left (toss_coin).
///
/// Bounded: when it is full it halves the threshold s and keeps only units whose second hash is at
/// most s. Others are never admitted again, so whom it forgot does not come back as a newcomer, and
/// who stays does not depend on what the unit did.
///
/// Lifetime: one rollout. Thread: one. Memory: 96 bytes x capacity at most, taken at once.
///
///   unit_table units{{.capacity = 100'000, .salt = rollout}};
///   if (auto const met = units.meet(hash, epoch, partition); met && met->toss.is_bet) ...
class unit_table {
 public:
    struct params {
        std::size_t capacity = 0;  ///< units, >= 1
        std::uint64_t salt = 0;    ///< of the second hash
    };

    explicit unit_table(const params& chosen);

    /// A request of the unit. Nothing when the unit is not followed, or was met in this epoch.
    /// @param epoch  of the weights, >= 1, never falls
    [[nodiscard]] std::optional<unit_encounter> meet(
        std::uint64_t hash, std::uint32_t epoch, std::span<const coin_part> partition
    );

    /// For a time when nobody looked, or that nobody remembers: from now on every unit, known or
    /// not, counts as met under this partition.
    /// @param begins  where its parts begin, below 2^16
    void assume_all_met(std::span<const std::uint32_t> begins);

    /// Follows no unit above this any more; a higher one than threshold() changes nothing.
    void follow_at_most(std::uint64_t threshold);

    /// Makes a unit known that was stored. False: the record is none that records() gives.
    [[nodiscard]] bool restore(const unit_record& stored);

    [[nodiscard]] bool follows(std::uint64_t hash) const noexcept {
        return second_hash(hash, params_.salt) <= threshold_;
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// s: units whose second hash is at most that are followed; at first all.
    [[nodiscard]] std::uint64_t threshold() const noexcept { return threshold_; }

    /// What assume_all_met() was told, ascending, each once.
    [[nodiscard]] std::span<const std::uint32_t> assumed() const noexcept { return assumed_; }

    /// The units in the order of their hashes.
    [[nodiscard]] std::vector<unit_record> records() const;

 private:
    [[nodiscard]] unit_record& slot_of(std::uint64_t hash) noexcept;
    [[nodiscard]] unit_record* followed(std::uint64_t hash);
    [[nodiscard]] point_range assumed_around(std::uint32_t point) const noexcept;
    void forget_above_threshold();

    params params_;
    std::vector<unit_record> slots_;  // open addressing, linear probing; epoch 0: free
    std::size_t size_ = 0;
    std::uint64_t threshold_ = ~std::uint64_t{0};
    std::vector<std::uint32_t> assumed_;
};

}  // namespace millrace::stats
