#include "proxy/net/socket.hpp"

#include "proxy/base/assert.hpp"

#include <sys/epoll.h>

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace millrace::net {

namespace {

// Accepted in one go: enough to drain a burst, few enough that open connections are served between.
constexpr int accepts_per_event = 64;

result<int> close_with_errno(int fd) {
    auto const error = system_error(errno);
    ::close(fd);
    return error;
}

}  // namespace

result<int> open_listening_socket(const address& bind) {
    int const fd = ::socket(bind.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return system_error(errno);
    }
    int const yes = 1;
    (void)::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes) != 0 ||
        ::bind(fd, bind.data(), bind.size()) != 0 || ::listen(fd, SOMAXCONN) != 0) {
        return close_with_errno(fd);
    }
    return fd;
}

result<address> bound_address(int fd) {
    sockaddr_storage raw{};
    socklen_t size = sizeof raw;
    if (::getsockname(fd, reinterpret_cast<sockaddr*>(&raw), &size) != 0) {
        return system_error(errno);
    }
    return address::from(raw);
}

connection_ptr begin_dial(worker& owner, const address& to) {
    int const fd = ::socket(to.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return nullptr;
    }
    if (::connect(fd, to.data(), to.size()) != 0 && errno != EINPROGRESS) {
        int const error = errno;
        ::close(fd);
        errno = error;
        return nullptr;
    }
    return adopt(owner, fd);
}

task<errc> finish_dial(connection& dialed, time_point deadline) {
    auto const waited = co_await dialed.writable(deadline);
    if (waited != errc::ok) {
        co_return waited;
    }
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(dialed.fd(), SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0) {
        co_return errc::connection_reset;
    }
    co_return errc::ok;
}

bool is_silent_and_open(const connection& idle) noexcept {
    char byte = 0;
    return ::recv(idle.fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
           (errno == EAGAIN || errno == EWOULDBLOCK);
}

listener::listener(worker& owner, int fd, handlers call)
    : worker_{owner},
      fd_{fd},
      spare_{::open("/dev/null", O_RDONLY | O_CLOEXEC)},
      handlers_{std::move(call)} {
    MILLRACE_ASSERT(worker_.add(fd_, EPOLLIN, *this) == 0);
}

listener::~listener() {
    worker_.remove(fd_);
    ::close(fd_);
    if (spare_ >= 0) {
        ::close(spare_);
    }
}

void listener::on_events(std::uint32_t) {
    for (int i = 0; i < accepts_per_event && accept_one(); ++i) {
    }
}

void listener::accept_waiting() {
    while (accept_one()) {
    }
}

bool listener::accept_one() {
    sockaddr_storage raw{};
    socklen_t size = sizeof raw;
    int const fd =
        ::accept4(fd_, reinterpret_cast<sockaddr*>(&raw), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
        if (auto accepted = adopt(worker_, fd)) {
            handlers_.on_accept(std::move(accepted), address::from(raw));
        }
        return true;
    }
    if (errno == EMFILE || errno == ENFILE) {
        return refuse_one();  // the kernel says so even when nobody waits
    }
    return errno == EINTR || errno == ECONNABORTED;
}

bool listener::refuse_one() {
    if (spare_ >= 0) {
        ::close(spare_);
    }
    int const fd = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd >= 0) {
        ::close(fd);
        handlers_.on_refused();
    }
    spare_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    return fd >= 0;
}

}  // namespace millrace::net
