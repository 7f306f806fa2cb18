#include "bench/load/sockets.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <unistd.h>

namespace load {
namespace {

volatile std::sig_atomic_t stop_requested = 0;  // NOLINT: a signal handler has nothing else

sockaddr_in loopback(std::uint16_t port, std::uint8_t last = 1) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(0x7f000000U | last);
    return address;
}

const sockaddr* generic(const sockaddr_in& address) {
    return reinterpret_cast<const sockaddr*>(&address);
}

void set(int fd, int level, int option, int value) {
    if (::setsockopt(fd, level, option, &value, sizeof value) != 0) {
        fail("setsockopt");
    }
}

}  // namespace

void fail(const char* what) {
    std::perror(what);
    std::_Exit(1);
}

int listen_on(std::uint16_t port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        fail("socket");
    }
    set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    const sockaddr_in address = loopback(port);
    if (::bind(fd, generic(address), sizeof address) != 0 || ::listen(fd, 16'384) != 0) {
        fail("bind or listen");
    }
    return fd;
}

std::uint16_t port_of(int listener) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    if (::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        fail("getsockname");
    }
    return ntohs(address.sin_port);
}

int connect_to(std::uint16_t port, std::uint8_t source, int receive_bytes) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        fail("socket");
    }
    set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    if (receive_bytes > 0) {
        set(fd, SOL_SOCKET, SO_RCVBUF, receive_bytes);
    }
    if (source != 0) {
        set(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
        const sockaddr_in from = loopback(0, source);
        if (::bind(fd, generic(from), sizeof from) != 0) {
            fail("bind to a source address");
        }
    }
    const sockaddr_in to = loopback(port);
    if (::connect(fd, generic(to), sizeof to) != 0 && errno != EINPROGRESS) {
        fail("connect");
    }
    return fd;
}

int accept_from(int listener) {
    const int fd = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
        if (errno == EMFILE || errno == ENFILE) {
            fail("accept");
        }
        return -1;
    }
    set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    return fd;
}

std::uint64_t number_of(std::string_view text, std::string_view what) {
    std::uint64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stop != end) {
        std::fprintf(
            stderr,
            "%.*s: '%.*s' is not a number\n",
            static_cast<int>(what.size()),
            what.data(),
            static_cast<int>(text.size()),
            text.data()
        );
        std::_Exit(2);
    }
    return value;
}

std::uint64_t now_ns() {
    timespec time{};
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000U +
           static_cast<std::uint64_t>(time.tv_nsec);
}

void stop_on_signals() {
    struct sigaction action {};

    action.sa_handler = [](int) { stop_requested = 1; };
    ::sigaction(SIGTERM, &action, nullptr);
    ::sigaction(SIGINT, &action, nullptr);
    action.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &action, nullptr);
}

bool stopping() {
    return stop_requested != 0;
}

void raise_descriptor_limit() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

poller::poller() : fd_{::epoll_create1(EPOLL_CLOEXEC)}, room_(512) {
    if (fd_ < 0) {
        fail("epoll_create1");
    }
}

poller::~poller() {
    ::close(fd_);
}

void poller::add(int fd, std::uint32_t events, void* data) {
    epoll_event event{};
    event.events = events;
    event.data.ptr = data;
    if (::epoll_ctl(fd_, EPOLL_CTL_ADD, fd, &event) != 0) {
        fail("epoll_ctl");
    }
}

void poller::change(int fd, std::uint32_t events, void* data) {
    epoll_event event{};
    event.events = events;
    event.data.ptr = data;
    if (::epoll_ctl(fd_, EPOLL_CTL_MOD, fd, &event) != 0) {
        fail("epoll_ctl");
    }
}

const std::vector<epoll_event>& poller::wait(std::int64_t timeout_ns) {
    const timespec limit{timeout_ns / 1'000'000'000, timeout_ns % 1'000'000'000};
    const int capacity = static_cast<int>(room_.size());
    const int count =
        ::epoll_pwait2(fd_, room_.data(), capacity, timeout_ns < 0 ? nullptr : &limit, nullptr);
    if (count < 0 && errno != EINTR) {
        fail("epoll_pwait2");
    }
    ready_.assign(room_.begin(), room_.begin() + std::max(count, 0));
    return ready_;
}

}  // namespace load
