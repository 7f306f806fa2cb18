#include "proxy/net/connection.hpp"

#include "proxy/base/assert.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <unistd.h>
#include <utility>

namespace millrace::net {

namespace {

constexpr std::uint32_t resting_interest = EPOLLIN | EPOLLRDHUP;
constexpr std::uint32_t broken = EPOLLHUP | EPOLLERR;

errc from_errno(int error) noexcept {
    return error == EAGAIN || error == EWOULDBLOCK ? errc::would_block : errc::connection_reset;
}

}  // namespace

connection::connection(worker& owner, int fd)
    : worker_{owner}, fd_{fd}, interest_{resting_interest} {}

connection::~connection() {
    drop_rest();
}

void bury_connection::operator()(connection* closed) const noexcept {
    if (closed == nullptr) {
        return;
    }
    closed->observe(nullptr);
    closed->close();
    closed->owner().bury(closed);
}

connection_ptr adopt(worker& owner, int fd) {
    int const yes = 1;
    // Fails on Unix sockets, where there is nothing to switch off.
    (void)::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    auto made = std::make_unique<connection>(owner, fd);
    if (int const error = owner.add(fd, resting_interest, *made); error != 0) {
        ::close(fd);
        errno = error;
        return nullptr;
    }
    return connection_ptr{made.release()};
}

io_result connection::read(std::span<char> into) noexcept {
    while (true) {
        auto const got = ::recv(fd_, into.data(), into.size(), MSG_DONTWAIT);
        if (got > 0) {
            // A full buffer may have left something behind, and no new event is needed to say so.
            input_pending_ = input_pending_ && static_cast<std::size_t>(got) == into.size();
            return {static_cast<std::size_t>(got), errc::ok};
        }
        if (got == 0) {
            return {0, errc::end_of_stream};
        }
        if (errno != EINTR) {
            input_pending_ = input_pending_ && unregistered_;
            return {0, from_errno(errno)};
        }
    }
}

task<errc> connection::write(gather parts, duration stall_timeout) {
    if (write_failed_ != errc::ok) {
        return write_failed_;
    }
    auto const sent = send_some(parts);
    if (sent.error != errc::ok) {
        return write_failed_ = sent.error;
    }
    congested_ = sent.bytes != parts.size();
    if (!congested_) {
        return errc::ok;
    }
    keep_rest(parts, sent.bytes);
    return flush(stall_timeout);
}

task<errc> connection::flush(duration stall_timeout) {
    while (rest_begin_ != rest_end_) {
        auto const deadline =
            stall_timeout == duration::zero() ? no_deadline : worker_.now() + stall_timeout;
        auto const waited = co_await writable(deadline);
        if (waited != errc::ok) {
            drop_rest();
            co_return write_failed_ = waited;
        }
        gather left;
        left.pieces[0] = {rest_.get() + rest_begin_, rest_end_ - rest_begin_};
        auto const sent = send_some(left);
        if (sent.error != errc::ok) {
            drop_rest();
            co_return write_failed_ = sent.error;
        }
        rest_begin_ += static_cast<std::uint32_t>(sent.bytes);
    }
    drop_rest();
    co_return errc::ok;
}

std::string_view connection::joined(const gather& parts) noexcept {
    if (parts.pieces[1].empty() && parts.pieces[2].empty() && parts.pieces[3].empty()) {
        return parts.pieces[0];
    }
    auto const room = worker_.small_scratch();
    if (parts.size() > room.size()) {
        return {};
    }
    auto* at = room.data();
    for (auto const& piece : parts.pieces) {
        at = std::copy(piece.begin(), piece.end(), at);
    }
    return {room.data(), at};
}

ssize_t connection::send_once(const gather& parts, std::string_view whole) const noexcept {
    if (!whole.empty()) {
        return ::send(fd_, whole.data(), whole.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    }
    std::array<iovec, 4> pieces{};
    std::size_t count = 0;
    for (auto const& piece : parts.pieces) {
        if (!piece.empty()) {
            pieces[count++] = {const_cast<char*>(piece.data()), piece.size()};
        }
    }
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = count;
    return ::sendmsg(fd_, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

io_result connection::send_some(const gather& parts) noexcept {
    // Measured: the kernel takes one small piece for less than two or three gathered ones.
    auto const whole = joined(parts);
    while (parts.size() != 0) {
        auto const sent = send_once(parts, whole);
        if (sent >= 0) {
            sent_ = sent_ || sent > 0;
            return {static_cast<std::size_t>(sent), errc::ok};
        }
        if (errno != EINTR) {
            auto const error = from_errno(errno);
            return {0, error == errc::would_block ? errc::ok : error};
        }
    }
    return {};
}

void connection::keep_rest(const gather& parts, std::size_t sent) {
    MILLRACE_ASSERT(rest_begin_ == rest_end_);
    auto const bytes = parts.size() - sent;
    rest_ = std::make_unique_for_overwrite<char[]>(bytes);
    std::size_t kept = 0;
    for (auto piece : parts.pieces) {
        auto const skipped = std::min(sent, piece.size());
        sent -= skipped;
        piece.remove_prefix(skipped);
        if (!piece.empty()) {
            std::memcpy(rest_.get() + kept, piece.data(), piece.size());
            kept += piece.size();
        }
    }
    rest_begin_ = 0;
    rest_end_ = static_cast<std::uint32_t>(bytes);
    worker_.bytes_buffered += bytes;
}

void connection::drop_rest() noexcept {
    if (rest_) {
        worker_.bytes_buffered -= rest_end_;
        rest_.reset();
        rest_begin_ = rest_end_ = 0;
    }
}

connection::wait connection::readable(time_point deadline) noexcept {
    return {*this, &connection::read_, EPOLLIN, deadline};
}

connection::wait connection::writable(time_point deadline) noexcept {
    return {*this, &connection::write_, EPOLLOUT, deadline};
}

bool connection::wait::await_ready() noexcept {
    auto& slot = connection_.*which_;
    slot.outcome = connection_.cancelled_;
    if (slot.outcome != errc::ok || connection_.unregistered_) {
        return true;
    }
    return events_ == EPOLLIN && connection_.input_pending_;
}

void connection::wait::await_suspend(std::coroutine_handle<> waiting) noexcept {
    auto& slot = connection_.*which_;
    MILLRACE_ASSERT(!slot.waiting);
    slot.waiting = waiting;
    slot.deadline = deadline_;
    connection_.worker_.timers().watch(connection_, deadline_);
    connection_.want(connection_.interest_ | events_);
}

errc connection::wait::await_resume() noexcept {
    return (connection_.*which_).outcome;
}

void connection::want(std::uint32_t events) noexcept {
    if (events != interest_ && !unregistered_) {
        interest_ = events;
        worker_.modify(fd_, events, *this);
    }
}

void connection::finish(slot& of, errc outcome, bool at_once) noexcept {
    if (!of.waiting) {
        return;
    }
    auto const waiting = std::exchange(of.waiting, nullptr);
    of.deadline = no_deadline;
    of.outcome = outcome;
    if (at_once) {
        waiting.resume();
    } else {
        worker_.resume_later(waiting);
    }
}

void connection::close() noexcept {
    worker_.remove(fd_);
    ::close(fd_);
    closed_ = true;
}

void connection::on_events(std::uint32_t events) {
    if (closed_) {
        return;
    }
    bool const can_read = (events & (EPOLLIN | EPOLLRDHUP | broken)) != 0;
    bool const can_write = (events & (EPOLLOUT | broken)) != 0;
    bool const read_waits = can_read && read_.waiting;
    bool const write_waits = can_write && write_.waiting;
    if ((can_read && !read_waits) || (can_write && !write_waits)) {
        on_unawaited(events & ~(read_waits ? EPOLLIN | EPOLLRDHUP : 0U));
    }
    // Both at once: the second resumes later, for the first may end the connection.
    if (write_waits) {
        finish(write_, errc::ok, !read_waits);
    }
    if (read_waits) {
        finish(read_, errc::ok, !write_waits);
    }
}

void connection::on_unawaited(std::uint32_t events) {
    if ((events & broken) != 0 && !read_.waiting && !write_.waiting) {
        // These two cannot be switched off: out of the set with it, waits are ready from now on.
        worker_.remove(fd_);
        unregistered_ = true;
        input_pending_ = true;
    } else if ((events & (EPOLLIN | EPOLLRDHUP)) != 0 && !read_.waiting) {
        input_pending_ = true;
        want((interest_ & ~EPOLLIN) & ~((events & EPOLLRDHUP) != 0 ? EPOLLRDHUP : 0U));
    }
    if ((events & EPOLLOUT) != 0 && !write_.waiting) {
        want(interest_ & ~EPOLLOUT);
    }
    if (observer_ == nullptr) {
        return;
    }
    if ((events & (EPOLLRDHUP | broken)) != 0) {
        observer_->on_peer_closed((events & broken) != 0);
    } else if ((events & EPOLLIN) != 0) {
        observer_->on_unawaited_input();
    }
}

time_point connection::on_timer(time_point now) {
    for (auto* waiting : {&read_, &write_}) {
        if (waiting->deadline <= now) {
            finish(*waiting, errc::timed_out, false);
        }
    }
    return std::min(read_.deadline, write_.deadline);
}

void connection::cancel(errc reason) noexcept {
    if (cancelled_ == errc::ok) {
        cancelled_ = reason;
    }
    finish(read_, cancelled_, false);
    finish(write_, cancelled_, false);
}

void connection::abandon(errc reason) noexcept {
    if (observer_ != nullptr) {
        observer_->on_peer_closed(true);
    }
    cancel(reason);
}

void connection::shutdown_send() noexcept {
    (void)::shutdown(fd_, SHUT_WR);
}

void connection::reset_on_close() noexcept {
    linger const at_once{1, 0};
    (void)::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

}  // namespace millrace::net
