#include "tests/support/peer.hpp"

#include "proxy/base/assert.hpp"
#include "proxy/net/socket.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>
#include <utility>

namespace millrace::support {

peer::peer(peer&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}

peer& peer::operator=(peer&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
}

peer::~peer() {
    close();
}

void peer::send(std::string_view text) const {
    auto const sent = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
    MILLRACE_ASSERT(sent == static_cast<ssize_t>(text.size()));
}

std::string peer::receive() const {
    std::string all;
    std::array<char, 65'536> part{};
    while (true) {
        auto const got = ::recv(fd_, part.data(), part.size(), MSG_DONTWAIT);
        if (got <= 0) {
            return all;
        }
        all.append(part.data(), static_cast<std::size_t>(got));
    }
}

bool peer::sees_end() const {
    char byte = 0;
    return ::recv(fd_, &byte, 1, MSG_DONTWAIT | MSG_PEEK) == 0;
}

bool peer::sees_reset() const {
    char byte = 0;
    return ::recv(fd_, &byte, 1, MSG_DONTWAIT | MSG_PEEK) < 0 && errno == ECONNRESET;
}

void peer::shutdown_send() const noexcept {
    (void)::shutdown(fd_, SHUT_WR);
}

void peer::close() noexcept {
    if (fd_ >= 0) {
        ::close(std::exchange(fd_, -1));
    }
}

void peer::reset() noexcept {
    linger const at_once{1, 0};
    (void)::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
}

connected make_pair(net::worker& loop) {
    std::array<int, 2> ends{};
    int const made =
        ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data());
    MILLRACE_ASSERT(made == 0);
    return {net::adopt(loop, ends[0]), peer{ends[1]}};
}

connected make_tcp_pair(net::worker& loop, int send_buffer_bytes) {
    auto const any_port = net::address::parse("127.0.0.1", 0);
    auto const listening = net::open_listening_socket(any_port.value());
    auto const to = net::bound_address(listening.value());
    peer theirs{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    // Blocking: the kernel completes it without an accept.
    MILLRACE_ASSERT(::connect(theirs.fd(), to.value().data(), to.value().size()) == 0);
    pollfd ready{listening.value(), POLLIN, 0};
    MILLRACE_ASSERT(::poll(&ready, 1, 10'000) == 1);
    int const fd = ::accept4(listening.value(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    MILLRACE_ASSERT(fd >= 0);
    ::close(listening.value());
    if (send_buffer_bytes != 0) {
        (void)::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &send_buffer_bytes, sizeof send_buffer_bytes);
    }
    return {net::adopt(loop, fd), std::move(theirs)};
}

}  // namespace millrace::support
