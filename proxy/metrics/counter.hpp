#pragma once

#include <atomic>
#include <cstdint>

namespace millrace::metrics {

/// A number that one thread writes and any thread reads. Lifetime: free. Thread: one writer.
/// A relaxed load and a relaxed store instead of fetch_add: with one writer nothing is lost, and
/// no instruction carries a lock prefix.
///
///   requests_.add();
class counter {
 public:
    void add(std::uint64_t amount = 1) noexcept { set(value() + amount); }

    void set(std::uint64_t now) noexcept { value_.store(now, std::memory_order_relaxed); }

    [[nodiscard]] std::uint64_t value() const noexcept {
        return value_.load(std::memory_order_relaxed);
    }

 private:
    std::atomic<std::uint64_t> value_{0};
};

static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

}  // namespace millrace::metrics
