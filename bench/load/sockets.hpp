#pragma once

#include <sys/epoll.h>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

/// The little that the load tools share: loopback sockets, an epoll set and a clock.
/// Every function ends the process with a message when the system refuses.
namespace load {

/// Size of the read buffer that a whole process shares.
inline constexpr std::size_t scratch_bytes = std::size_t{256} * 1024;

/// A non-blocking listening socket on 127.0.0.1; port 0 takes any free one.
[[nodiscard]] int listen_on(std::uint16_t port);

/// The port that a listening socket got.
[[nodiscard]] std::uint16_t port_of(int listener);

/// A non-blocking connection to 127.0.0.1 that may still be in the making.
/// @param source        last byte of the 127.0.0.x to connect from; 0: the kernel's choice
/// @param receive_bytes SO_RCVBUF; 0: the kernel's choice
[[nodiscard]] int connect_to(std::uint16_t port, std::uint8_t source = 0, int receive_bytes = 0);

/// The next accepted connection, non-blocking and without delay; -1 when there is none.
[[nodiscard]] int accept_from(int listener);

/// A number from the command line, or the end of the process with `what` in the message.
[[nodiscard]] std::uint64_t number_of(std::string_view text, std::string_view what);

/// Nanoseconds of the monotonic clock, comparable between processes of one machine.
[[nodiscard]] std::uint64_t now_ns();

/// SIGTERM and SIGINT make `stopping()` true and interrupt a wait; SIGPIPE is ignored.
void stop_on_signals();
[[nodiscard]] bool stopping();

/// Lets the process have as many descriptors as the system grants.
void raise_descriptor_limit();

[[noreturn]] void fail(const char* what);

/// A level-triggered epoll set whose entries carry a pointer.
class poller {
 public:
    poller();
    ~poller();
    poller(const poller&) = delete;
    poller& operator=(const poller&) = delete;

    void add(int fd, std::uint32_t events, void* data);
    void change(int fd, std::uint32_t events, void* data);

    /// Events of at most `timeout_ns` nanoseconds of waiting; negative: no limit. Valid until the
    /// next call. Empty after a signal.
    [[nodiscard]] const std::vector<epoll_event>& wait(std::int64_t timeout_ns);

 private:
    int fd_ = -1;
    std::vector<epoll_event> room_;
    std::vector<epoll_event> ready_;
};

}  // namespace load
