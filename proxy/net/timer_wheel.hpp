#pragma once

#include "proxy/base/clock.hpp"

#include <array>
#include <cstddef>

namespace millrace::net {

/// Something with a deadline that a timer_wheel looks at. The wheel never owns it; its destructor
/// takes it out. Thread: the worker's.
class timer_node {
 public:
    timer_node() = default;
    timer_node(const timer_node&) = delete;
    timer_node& operator=(const timer_node&) = delete;

    /// Called when the time given to `watch` may have come. Returns when to look again.
    /// With `no_deadline` it is not looked at again, and may have destroyed itself.
    virtual time_point on_timer(time_point now) = 0;

 protected:
    virtual ~timer_node() { unlink(); }

 private:
    friend class timer_wheel;

    void unlink() noexcept;

    timer_node* previous_ = nullptr;
    timer_node* next_ = nullptr;
    std::size_t tick_ = 0;
};

/// Coarse, lazy deadlines: a hashed wheel of 100 ms ticks (Varghese, Lauck 1987, scheme 6). Setting
/// a later deadline costs nothing: the node stays where it is and is looked at once in vain. A
/// deadline fires at most two ticks late, never early. Thread: the worker's.
class timer_wheel {
 public:
    static constexpr duration tick = std::chrono::milliseconds{100};

    explicit timer_wheel(time_point now) noexcept;

    timer_wheel(const timer_wheel&) = delete;
    timer_wheel& operator=(const timer_wheel&) = delete;

    /// Looks at `node` at `deadline` or within two ticks after it. O(1), no allocation.
    void watch(timer_node& node, time_point deadline) noexcept;

    /// Calls on_timer of every node whose time may have come.
    void advance(time_point now);

    [[nodiscard]] time_point next_advance() const noexcept { return next_advance_; }

 private:
    static constexpr std::size_t slot_count = 1024;  // 102 s; what is later is looked at once more

    struct list_head final : timer_node {
        list_head() noexcept;

        time_point on_timer(time_point) override { return no_deadline; }
    };

    friend class timer_node;
    static void link(timer_node& head, timer_node& node) noexcept;

    std::array<list_head, slot_count> slots_;
    time_point start_;
    std::size_t current_tick_ = 0;
    time_point next_advance_;
};

}  // namespace millrace::net
