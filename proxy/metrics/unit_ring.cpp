#include "proxy/metrics/unit_ring.hpp"

#include "proxy/base/assert.hpp"
#include "proxy/stats/unit_table.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace millrace::metrics {

namespace {

// A request that is followed takes a place now and one when it ends.
constexpr std::uint64_t room_needed = 2;

/// Whom to follow with so much room left: everybody from half of it on, then half, a quarter, ...
std::uint64_t threshold_with(std::uint64_t room, std::uint64_t all) noexcept {
    int const halvings = std::countl_zero(room) - std::countl_zero(all / 2);
    return ~std::uint64_t{0} >> std::max(halvings, 0);
}

}  // namespace

std::uint64_t unit_admission::second_hash_of(std::uint64_t unit) const noexcept {
    return stats::second_hash(unit, salt_);
}

void unit_admission::lower_to(std::uint64_t threshold) noexcept {
    auto held = threshold_.load(std::memory_order_relaxed);
    while (threshold < held &&
           !threshold_.compare_exchange_weak(held, threshold, std::memory_order_relaxed)) {
    }
}

unit_ring::unit_ring(std::shared_ptr<unit_admission> admitted, std::size_t events)
    : admitted_{std::move(admitted)}, events_(events) {
    MILLRACE_ASSERT(std::has_single_bit(events) && events >= 4);
}

bool unit_ring::begin(const unit_event& assigned) noexcept {
    auto const second = admitted_->second_hash_of(assigned.unit);
    if (second > admitted_->threshold()) {
        return false;
    }
    auto const left = room();
    if (left < room_needed) {
        admitted_->lower_to(second == 0 ? 0 : second - 1);
        return false;
    }
    if (auto const followed = threshold_with(left, events_.size()); second > followed) {
        admitted_->lower_to(followed);
        return false;
    }
    ++open_;
    push(assigned);
    return true;
}

void unit_ring::end(const unit_event& ended) noexcept {
    --open_;
    push(ended);
}

void unit_ring::drain(std::vector<unit_event>& into) {
    auto const written = written_.load(std::memory_order_acquire);
    auto read = read_.load(std::memory_order_relaxed);
    for (; read != written; ++read) {
        into.push_back(events_[read & (events_.size() - 1)]);
    }
    read_.store(read, std::memory_order_release);
}

// Of what the reader took only as much is looked up as the answer needs.
std::uint64_t unit_ring::room() noexcept {
    auto const taken = written_.load(std::memory_order_relaxed) + open_;
    if (taken - read_seen_ > events_.size() / 2) {
        read_seen_ = read_.load(std::memory_order_acquire);
    }
    return events_.size() - (taken - read_seen_);
}

void unit_ring::push(const unit_event& each) noexcept {
    auto const written = written_.load(std::memory_order_relaxed);
    events_[written & (events_.size() - 1)] = each;
    written_.store(written + 1, std::memory_order_release);
}

}  // namespace millrace::metrics
