#include "proxy/stats/unit_table.hpp"

#include "proxy/base/assert.hpp"
#include "proxy/base/random.hpp"

#include <algorithm>
#include <bit>
#include <iterator>
#include <tuple>
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

unit_table::unit_table(const params& chosen)
    : params_(chosen), slots_(empty_slots(chosen.capacity)) {
    MILLRACE_ASSERT(chosen.capacity > 0);
}

unit_record* unit_table::contact(const meeting& met, std::span<const coin_part> partition) {
    MILLRACE_ASSERT(met.epoch != no_epoch);
    auto* unit = followed(met.hash);
    if (unit == nullptr) {
        ++turned_away_;
        return nullptr;
    }
    if (unit->epoch != met.epoch) {
        auto const toss = toss_coin(unit->known, partition, point_of(met.hash));
        unit->epoch = met.epoch;
        unit->opened = met.tick;
        unit->pi = toss.pi.value_or(0.0);
        unit->side = toss.side;
        unit->known = toss.known;
        unit->window = {};
    }
    return unit->open() ? unit : nullptr;
}

std::vector<unit_record> unit_table::take_opened_before(std::uint64_t tick) {
    std::vector<unit_record> taken;
    for (auto& slot : slots_) {
        if (occupied(slot) && slot.open() && slot.opened < tick) {
            taken.push_back(slot);
            slot.pi = 0.0;
        }
    }
    std::sort(taken.begin(), taken.end(), [](const unit_record& a, const unit_record& b) {
        return std::tie(a.opened, a.pi, a.hash) < std::tie(b.opened, b.pi, b.hash);
    });
    return taken;
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

std::optional<unit_table> unit_table::restored(const params& chosen, const stored& from) {
    if (from.records.size() > chosen.capacity) {
        return std::nullopt;
    }
    unit_table table{chosen};
    table.threshold_ = from.threshold;
    table.turned_away_ = from.turned_away;
    for (auto const& record : from.records) {
        auto& slot = table.slot_of(record.hash);
        if (occupied(slot) || !occupied(record)) {
            return std::nullopt;
        }
        slot = record;
        ++table.size_;
    }
    return table;
}

std::uint64_t unit_table::second_hash(std::uint64_t hash) const noexcept {
    return random_source{hash ^ params_.salt}.next();
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

// The unit's record, a new one if it is met for the first time; nullptr when it is not followed.
unit_record* unit_table::followed(std::uint64_t hash) {
    if (auto& slot = slot_of(hash); occupied(slot)) {
        return &slot;
    }
    auto const second = second_hash(hash);
    if (second <= threshold_ && size_ == params_.capacity) {
        make_room();
    }
    if (second > threshold_) {
        return nullptr;
    }
    auto& slot = slot_of(hash);
    slot = {.hash = hash};
    ++size_;
    return &slot;
}

void unit_table::make_room() {
    while (size_ == params_.capacity) {
        threshold_ /= 2;
        auto const before = std::exchange(slots_, empty_slots(params_.capacity));
        size_ = 0;
        for (auto const& record : before) {
            if (occupied(record) && second_hash(record.hash) <= threshold_) {
                slot_of(record.hash) = record;
                ++size_;
            }
        }
    }
}

}  // namespace millrace::stats
