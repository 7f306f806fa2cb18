#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace millrace::upstream {

/// How many connections one backend may have, all workers together. The counter is written when a
/// connection opens or closes only, never by a request. Lifetime: shared by the pools of all
/// workers, survives reloads. Thread: any.
class connection_budget {
 public:
    explicit connection_budget(std::uint32_t connections_max) noexcept : max_{connections_max} {}

    /// Counts one more, or refuses.
    [[nodiscard]] bool try_open() noexcept {
        if (open_.fetch_add(1, std::memory_order_relaxed) < max_.load(std::memory_order_relaxed)) {
            return true;
        }
        closed();
        return false;
    }

    void closed() noexcept { open_.fetch_sub(1, std::memory_order_relaxed); }

    void set_max(std::uint32_t connections_max) noexcept {
        max_.store(connections_max, std::memory_order_relaxed);
    }

    [[nodiscard]] std::uint32_t open() const noexcept {
        return open_.load(std::memory_order_relaxed);
    }

 private:
    // A line of its own: neighbours in memory must not be dragged along.
    alignas(64) std::atomic<std::uint32_t> open_{0};
    std::atomic<std::uint32_t> max_;
};

/// The budgets of all backends by name. Thread: any; takes a mutex, so never on a request's path.
class connection_budgets {
 public:
    /// The budget of a backend, made on first use; `connections_max` replaces what was before.
    [[nodiscard]] std::shared_ptr<connection_budget> of(
        std::string_view backend, std::uint32_t connections_max
    );

    /// Connections that a backend has open now; 0 when it is unknown.
    [[nodiscard]] std::uint32_t open(std::string_view backend) const;

 private:
    mutable std::mutex mutex_;
    std::map<std::string, std::shared_ptr<connection_budget>, std::less<>> budgets_;
};

}  // namespace millrace::upstream
