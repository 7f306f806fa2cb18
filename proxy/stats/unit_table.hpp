#pragma once

#include "proxy/stats/interval_coin.hpp"
#include "proxy/stats/unit_window.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace millrace::stats {

/// What is known of a sticky unit. A value of 48 bytes.
struct unit_record {
    std::uint64_t hash = 0;    ///< its upper 16 bits are the unit's point
    std::uint64_t opened = 0;  ///< the tick of the bet that is open
    double pi = 0.0;           ///< of the bet that is open; 0: none is
    point_range known = {};
    std::uint32_t epoch = 0;  ///< of the latest contact; a unit enters at most once in each
    coin_side side = coin_side::other;
    unit_window window = {};

    [[nodiscard]] bool open() const noexcept { return pi > 0.0; }

    friend bool operator==(const unit_record&, const unit_record&) = default;
};

/// The units of a rollout on a sticky route: each enters the tests at most once per weight epoch,
/// with the coin that its history left (toss_coin).
///
/// Bounded: when it is full it halves the threshold s and keeps only units whose second hash is at
/// most s. Others are never admitted again, so whom it forgot does not come back as a newcomer, and
/// who stays does not depend on what the unit did.
///
/// Lifetime: one rollout. Thread: one. Memory: 2 x 48 bytes x capacity, taken at once.
///
///   unit_table units{{.capacity = 100'000, .salt = rollout}};
///   if (auto* unit = units.contact({hash, epoch, now}, partition)) unit->window.add(bad, bits);
///   for (auto const& each : units.take_opened_before(now - window)) ...
class unit_table {
 public:
    struct params {
        std::size_t capacity = 0;  ///< units, >= 1
        std::uint64_t salt = 0;    ///< of the second hash; another one for each rollout
    };

    struct meeting {
        std::uint64_t hash = 0;   ///< of the unit, 64 uniform bits
        std::uint32_t epoch = 0;  ///< of the weights, >= 1, never falls
        std::uint64_t tick = 0;
    };

    explicit unit_table(const params& chosen);

    /// A request of the unit. Returns its record while a bet of this epoch is open, the first time
    /// with an empty window; nullptr when the unit is not followed or has no bet in this epoch.
    /// A bet of an earlier epoch that was not taken is lost: take them before the weights change.
    /// Lifetime of the result: until the next call.
    unit_record* contact(const meeting& met, std::span<const coin_part> partition);

    /// Closes the bets that were opened before the tick and returns them, by tick, then pi, then
    /// hash: in the order of assignment, those of one coin together.
    [[nodiscard]] std::vector<unit_record> take_opened_before(std::uint64_t tick);

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// s: units whose second hash is at most that are followed; at first all.
    [[nodiscard]] std::uint64_t threshold() const noexcept { return threshold_; }

    /// Contacts of units that were not followed, in all.
    [[nodiscard]] std::uint64_t turned_away() const noexcept { return turned_away_; }

    /// The units in the order of their hashes: with threshold() and turned_away(), what is stored.
    [[nodiscard]] std::vector<unit_record> records() const;

    struct stored {
        std::uint64_t threshold = 0;
        std::uint64_t turned_away = 0;
        std::span<const unit_record> records;
    };

    /// The table that was stored; nothing if there are more records than it takes, or two of one
    /// hash.
    [[nodiscard]] static std::optional<unit_table> restored(
        const params& chosen, const stored& from
    );

 private:
    [[nodiscard]] std::uint64_t second_hash(std::uint64_t hash) const noexcept;
    [[nodiscard]] unit_record& slot_of(std::uint64_t hash) noexcept;
    [[nodiscard]] unit_record* followed(std::uint64_t hash);
    void make_room();

    params params_;
    std::vector<unit_record> slots_;  // open addressing, linear probing; epoch 0: free
    std::size_t size_ = 0;
    std::uint64_t threshold_ = ~std::uint64_t{0};
    std::uint64_t turned_away_ = 0;
};

}  // namespace millrace::stats
