#include "proxy/stats/unit_table.hpp"

#include "proxy/base/assert.hpp"
#include "proxy/base/random.hpp"

#include <algorithm>
#include <bit>
#include <iterator>
#include <utility>

namespace millrace::stats {

namespace {

constexpr std::uint32_t no_epoch = 0;

std::uint32_t point_of(std::uint64_t hash) noexcept {
    return static_cast<std::uint32_t>(hash >> 48);
}

bool occupied(const unit_record& slot) noexcept {
    return slot.epoch != no_epoch;
}

std::vector<unit_record> empty_slots(std::size_t capacity) {
    return std::vector<unit_record>(std::bit_ceil(2 * capacity));
}

}  // namespace

std::uint64_t second_hash(std::uint64_t hash, std::uint64_t salt) noexcept {
    return random_source{hash ^ salt}.next();
}

unit_table::unit_table(const params& chosen)
    : params_(chosen), slots_(empty_slots(chosen.capacity)) {
    MILLRACE_ASSERT(chosen.capacity > 0);
}

std::optional<unit_encounter> unit_table::meet(
    std::uint64_t hash, std::uint32_t epoch, std::span<const coin_part> partition
) {
    MILLRACE_ASSERT(epoch != no_epoch);
    auto* const unit = followed(hash);
    if (unit == nullptr || unit->epoch == epoch) {
        return std::nullopt;
    }
    auto const point = point_of(hash);
    unit_encounter met;
    met.before = intersection(unit->known, assumed_around(point));
    met.toss = toss_coin(met.before, partition, point);
    *unit = {.hash = hash, .known = met.toss.known, .epoch = epoch};
    return met;
}

void unit_table::assume_all_met(std::span<const std::uint32_t> begins) {
    assumed_.insert(assumed_.end(), begins.begin(), begins.end());
    std::sort(assumed_.begin(), assumed_.end());
    assumed_.erase(std::unique(assumed_.begin(), assumed_.end()), assumed_.end());
}

void unit_table::follow_at_most(std::uint64_t threshold) {
    if (threshold < threshold_) {
        threshold_ = threshold;
        forget_above_threshold();
    }
}

bool unit_table::restore(const unit_record& stored) {
    if (!occupied(stored) || !stored.known.contains(point_of(stored.hash))) {
        return false;
    }
    if (auto* const unit = followed(stored.hash)) {
        *unit = stored;
    }
    return true;
}

std::vector<unit_record> unit_table::records() const {
    std::vector<unit_record> found;
    found.reserve(size_);
    std::copy_if(slots_.begin(), slots_.end(), std::back_inserter(found), occupied);
    std::sort(found.begin(), found.end(), [](const unit_record& a, const unit_record& b) {
        return a.hash < b.hash;
    });
    return found;
}

// The unit's slot, or the free one where it belongs; there always is one, half of them are free.
unit_record& unit_table::slot_of(std::uint64_t hash) noexcept {
    std::size_t const mask = slots_.size() - 1;
    std::size_t at = static_cast<std::size_t>(hash) & mask;
    while (occupied(slots_[at]) && slots_[at].hash != hash) {
        at = (at + 1) & mask;
    }
    return slots_[at];
}

// The unit's record, which is to be filled if it is met for the first time; nullptr when it is not
// followed.
unit_record* unit_table::followed(std::uint64_t hash) {
    if (auto& slot = slot_of(hash); occupied(slot)) {
        return &slot;
    }
    while (follows(hash) && size_ == params_.capacity) {
        follow_at_most(threshold_ / 2);
    }
    if (!follows(hash)) {
        return nullptr;
    }
    auto& slot = slot_of(hash);
    slot = {.hash = hash};
    ++size_;
    return &slot;
}

point_range unit_table::assumed_around(std::uint32_t point) const noexcept {
    auto const above = std::upper_bound(assumed_.begin(), assumed_.end(), point);
    point_range around;
    around.begin = above == assumed_.begin() ? 0 : *std::prev(above);
    around.end = above == assumed_.end() ? point_range{}.end : *above;
    return around;
}

void unit_table::forget_above_threshold() {
    auto const before = std::exchange(slots_, empty_slots(params_.capacity));
    size_ = 0;
    for (auto const& record : before) {
        if (occupied(record) && follows(record.hash)) {
            slot_of(record.hash) = record;
            ++size_;
        }
    }
}

}  // namespace millrace::stats
