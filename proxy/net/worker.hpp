#pragma once

#include "proxy/base/clock.hpp"
#include "proxy/net/tick_clock.hpp"
#include "proxy/net/timer_wheel.hpp"

#include <array>
#include <atomic>
#include <coroutine>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

struct epoll_event;

namespace millrace::net {

class connection;

/// Something that epoll reports on: a connection, a listener. It outlives its registration; what is
/// destroyed while events are being served must be given to worker::bury. Thread: the worker's.
class event_source {
 public:
    /// @param events  the EPOLL* bits that are set
    virtual void on_events(std::uint32_t events) = 0;

 protected:
    ~event_source() = default;
};

/// One thread's event loop: its own level-triggered epoll set, a timer wheel, a mailbox for other
/// threads and one scratch buffer that all connections of the worker share. Everything of a request
/// happens inside run(), on one worker. Lifetime: outlives all of its connections.
///
///   net::worker worker;  std::jthread thread{[&] { worker.run(); }};  worker.post(...);
class worker {
 public:
    /// Bytes of the scratch buffer; measured: 64 KiB bodies need a read of their whole size.
    static constexpr std::size_t scratch_bytes = 256 * 1024;

    worker();
    ~worker();
    worker(const worker&) = delete;
    worker& operator=(const worker&) = delete;

    /// Serves events until stop().
    void run();

    /// Ends run() after the round that is being served. Any thread.
    void stop() noexcept;

    /// Runs `job` on the worker's thread, in order of posting. Any thread; wakes the worker.
    void post(std::function<void()> job);

    /// The time at which the present round of events began; at most a round old. Worker's thread.
    [[nodiscard]] time_point now() const noexcept { return clock_.last(); }

    /// The time now, for what is measured. Worker's thread.
    [[nodiscard]] time_point precise_now() const noexcept { return clock_.now(); }

    /// The shared buffer: its content is valid until the next suspension, no longer.
    [[nodiscard]] std::span<char> scratch() noexcept { return {scratch_.get(), scratch_bytes}; }

    /// A small buffer for putting pieces together; valid until the next suspension.
    [[nodiscard]] std::span<char> small_scratch() noexcept { return small_scratch_; }

    [[nodiscard]] timer_wheel& timers() noexcept { return timers_; }

    /// Resumes `waiting` after the event that is being served: never re-entered from where it is
    /// called.
    void resume_later(std::coroutine_handle<> waiting) { ready_.push_back(waiting); }

    /// Deletes `closed` after the round of events: until then stale events may name it.
    void bury(connection* closed) { graveyard_.push_back(closed); }

    /// Registers, changes, removes interest. Errors are returned as errno; 0: none.
    [[nodiscard]] int add(int fd, std::uint32_t events, event_source& source) noexcept;
    void modify(int fd, std::uint32_t events, event_source& source) noexcept;
    void remove(int fd) noexcept;

    /// Bytes that connections of this worker hold because a peer does not take them.
    std::size_t bytes_buffered = 0;
    /// How many of them are fine before reads get small; follows the number of connections.
    std::size_t buffer_budget = buffer_budget_min;

    static constexpr std::size_t buffer_budget_min = 1024 * 1024;
    /// Together with a small read for each it makes 32 KiB per connection on average.
    static constexpr std::size_t buffer_budget_per_connection = 16 * 1024;
    /// A read's size while a peer is slow or the budget is used up.
    static constexpr std::size_t small_read_bytes = 16 * 1024;

 private:
    struct mailbox final : event_source {
        explicit mailbox(worker& of) : owner{of} {}

        void on_events(std::uint32_t events) override;
        worker& owner;
    };

    [[nodiscard]] int wait_milliseconds() const noexcept;
    void handle(std::span<epoll_event> events);
    void run_ready();
    void run_posted();
    void empty_graveyard() noexcept;

    int epoll_ = -1;
    int wakeup_ = -1;
    tick_clock clock_;
    timer_wheel timers_;
    std::unique_ptr<char[]> scratch_;
    std::array<char, 4096> small_scratch_{};
    std::vector<std::coroutine_handle<>> ready_;
    std::vector<connection*> graveyard_;
    mailbox mailbox_{*this};
    bool has_posted_ = false;
    std::atomic<bool> stopped_{false};
    std::mutex posted_mutex_;
    std::vector<std::function<void()>> posted_;
};

}  // namespace millrace::net
