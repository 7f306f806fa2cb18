#pragma once

#include "proxy/base/clock.hpp"
#include "proxy/base/error.hpp"
#include "proxy/net/task.hpp"
#include "proxy/net/worker.hpp"

#include <sys/types.h>

#include <array>
#include <coroutine>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace millrace::net {

/// Up to four pieces that go out in one system call.
struct gather {
    std::array<std::string_view, 4> pieces{};

    [[nodiscard]] std::size_t size() const noexcept {
        return pieces[0].size() + pieces[1].size() + pieces[2].size() + pieces[3].size();
    }
};

struct io_result {
    std::size_t bytes = 0;
    errc error = errc::ok;
};

/// A stream socket of a worker: reads and writes that never block, and waits that do not block the
/// thread. It stays registered for reading all its life, so a request costs no epoll_ctl; interest
/// is changed only when an event comes that nobody waits for.
///
/// Lifetime: made by `adopt` or `dial`, owned by a connection_ptr, memory freed after the round of
/// events. Thread: the worker's.
///
///   while ((got = peer.read(buffer)).error == errc::would_block) co_await peer.readable(deadline);
class connection final : public event_source, public timer_node {
 public:
    /// Told about what happens while nobody waits.
    class observer {
     public:
        /// The peer closed its side, and nobody is waiting to read that.
        /// @param broken  not only its side: the connection is reset or closed both ways
        virtual void on_peer_closed(bool broken) = 0;

        /// Bytes came that nobody waits for; told once until somebody waits again.
        virtual void on_unawaited_input() {}

     protected:
        ~observer() = default;
    };

    connection(worker& owner, int fd);
    ~connection() override;
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    [[nodiscard]] worker& owner() noexcept { return worker_; }

    [[nodiscard]] int fd() const noexcept { return fd_; }

    /// At most one observer; null: none.
    void observe(observer* by) noexcept { observer_ = by; }

    /// One recv. Errors: would_block, end_of_stream, connection_reset.
    [[nodiscard]] io_result read(std::span<char> into) noexcept;

    /// Sends everything: directly when the socket takes it, else the rest is copied and flushed as
    /// the peer reads. Views need to live only for the call. Errors: connection_reset, timed_out,
    /// or what it was cancelled with.
    /// @param stall_timeout  how long the peer may take nothing; zero: for ever
    [[nodiscard]] task<errc> write(gather parts, duration stall_timeout);

    /// True while the last write did not go out at once: its peer is slower than its source.
    [[nodiscard]] bool is_congested() const noexcept { return congested_; }

    /// True when bytes were put into the socket, ever.
    [[nodiscard]] bool has_sent() const noexcept { return sent_; }

    void forget_sent() noexcept { sent_ = false; }

    class wait;
    /// Suspends until a read can tell more. Result: ok, timed_out, or what it was cancelled with.
    [[nodiscard]] wait readable(time_point deadline) noexcept;
    /// Suspends until a write can go on.
    [[nodiscard]] wait writable(time_point deadline) noexcept;

    /// Ends all waits, now and later, with `reason`. The waiting coroutines resume after the event
    /// that is being served.
    void cancel(errc reason) noexcept;

    /// As cancel(), and tells the observer that the connection is gone.
    void abandon(errc reason) noexcept;

    /// Lets waits wait again.
    void clear_cancel() noexcept { cancelled_ = errc::ok; }

    /// No more bytes from us (FIN).
    void shutdown_send() noexcept;
    /// The peer sees a reset, not an orderly end, when the connection is destroyed.
    void reset_on_close() noexcept;

    /// Closes the socket; what the round of events still has for it is ignored.
    void close() noexcept;

    void on_events(std::uint32_t events) override;
    time_point on_timer(time_point now) override;

 private:
    struct slot {
        std::coroutine_handle<> waiting;
        time_point deadline = no_deadline;
        errc outcome = errc::ok;
    };

    task<errc> flush(duration stall_timeout);
    [[nodiscard]] io_result send_some(const gather& parts) noexcept;
    [[nodiscard]] ssize_t send_once(const gather& parts, std::string_view whole) const noexcept;
    [[nodiscard]] std::string_view joined(const gather& parts) noexcept;
    void keep_rest(const gather& parts, std::size_t sent);
    void drop_rest() noexcept;
    void want(std::uint32_t events) noexcept;
    void finish(slot& of, errc outcome, bool at_once) noexcept;
    void on_unawaited(std::uint32_t events);

    worker& worker_;
    int fd_;
    std::uint32_t interest_;
    bool input_pending_ = false;  // an event said so and nobody has read since
    bool congested_ = false;
    bool sent_ = false;
    bool unregistered_ = false;
    bool closed_ = false;
    errc cancelled_ = errc::ok;
    errc write_failed_ = errc::ok;  // bytes were lost: nothing may follow them
    slot read_;
    slot write_;
    observer* observer_ = nullptr;
    std::unique_ptr<char[]> rest_;  // unsent bytes [rest_begin_, rest_end_)
    std::uint32_t rest_begin_ = 0;
    std::uint32_t rest_end_ = 0;
};

/// What readable() and writable() are awaited through.
class connection::wait {
 public:
    wait(
        connection& of, slot connection::*which, std::uint32_t events, time_point deadline
    ) noexcept
        : connection_{of}, which_{which}, events_{events}, deadline_{deadline} {}

    [[nodiscard]] bool await_ready() noexcept;
    void await_suspend(std::coroutine_handle<> waiting) noexcept;
    [[nodiscard]] errc await_resume() noexcept;

 private:
    connection& connection_;
    slot connection::*which_;
    std::uint32_t events_;
    time_point deadline_;
};

struct bury_connection {
    void operator()(connection* closed) const noexcept;
};

/// Owns a connection; closes the socket at once and frees the memory after the round of events.
using connection_ptr = std::unique_ptr<connection, bury_connection>;

/// Takes over a connected, non-blocking socket; sets TCP_NODELAY. Null with errno when it cannot be
/// registered (the descriptor is closed then).
[[nodiscard]] connection_ptr adopt(worker& owner, int fd);

}  // namespace millrace::net
