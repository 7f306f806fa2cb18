#pragma once

#include "proxy/net/connection.hpp"

#include <cstddef>
#include <string>
#include <string_view>

/// The other end of a connection under test: a plain socket that never blocks.
namespace millrace::support {

/// Lifetime: owns its descriptor. Thread: the test's.
class peer {
 public:
    peer() = default;

    explicit peer(int fd) noexcept : fd_{fd} {}

    peer(peer&& other) noexcept;
    peer& operator=(peer&& other) noexcept;
    ~peer();

    [[nodiscard]] int fd() const noexcept { return fd_; }

    /// Sends all of it; it must fit into the socket.
    void send(std::string_view text) const;

    /// Everything that is there to be read now.
    [[nodiscard]] std::string receive() const;

    /// The other side sent a FIN, and everything before it was read.
    [[nodiscard]] bool sees_end() const;
    [[nodiscard]] bool sees_reset() const;

    void shutdown_send() const noexcept;
    void close() noexcept;
    /// Closes with a reset (TCP only).
    void reset() noexcept;

 private:
    int fd_ = -1;
};

/// A connection of a worker and the test's end of it.
struct connected {
    net::connection_ptr ours;
    peer theirs;
};

/// Over a Unix socket pair: what is sent is there at once.
[[nodiscard]] connected make_pair(net::worker& loop);

/// Over TCP on the loopback interface, through a listening socket on port 0.
/// @param send_buffer_bytes  of our end; 0: the system's choice
[[nodiscard]] connected make_tcp_pair(net::worker& loop, int send_buffer_bytes = 0);

}  // namespace millrace::support
