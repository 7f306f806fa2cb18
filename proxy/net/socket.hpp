#pragma once

#include "proxy/base/result.hpp"
#include "proxy/net/address.hpp"
#include "proxy/net/connection.hpp"

#include <functional>

namespace millrace::net {

/// A bound, listening, non-blocking socket with SO_REUSEPORT: each worker opens its own.
/// @return the descriptor, the caller's to close; or why not
[[nodiscard]] result<int> open_listening_socket(const address& bind);

/// The address that a socket is bound to (the port that was chosen for port 0).
[[nodiscard]] result<address> bound_address(int fd);

/// Begins to connect. The connection is made when finish_dial says ok. Null: no descriptor was to
/// be had or the connection failed at once; errno says why.
[[nodiscard]] connection_ptr begin_dial(worker& owner, const address& to);

/// Waits until a connection from begin_dial stands. Errors: connection_reset (refused), timed_out,
/// or what it was cancelled with.
[[nodiscard]] task<errc> finish_dial(connection& dialed, time_point deadline);

/// True when the peer has closed or sent something on a connection that should be silent: one
/// system call.
[[nodiscard]] bool is_silent_and_open(const connection& idle) noexcept;

/// Accepts on one listening socket for one worker. Without descriptors left it accepts and closes
/// by means of a spare one, so that clients are refused at once and the loop does not spin.
/// Lifetime: destroyed on the worker's thread; closes the socket. Thread: the worker's.
class listener final : public event_source {
 public:
    struct handlers {
        std::function<void(connection_ptr, const address& peer)> on_accept;
        std::function<void()> on_refused;  ///< no descriptor was left
    };

    listener(worker& owner, int fd, handlers call);
    ~listener();
    listener(const listener&) = delete;
    listener& operator=(const listener&) = delete;

    /// Accepts whoever is in the queue, so that closing the listener resets nobody.
    void accept_waiting();

    void on_events(std::uint32_t events) override;

 private:
    /// Accepts or refuses one. False: nobody waits.
    bool accept_one();
    /// False: nobody waits, or not even the spare descriptor was to be had.
    bool refuse_one();

    worker& worker_;
    int fd_;
    int spare_;
    handlers handlers_;
};

}  // namespace millrace::net
