#include "proxy/net/worker.hpp"

#include "proxy/base/assert.hpp"
#include "proxy/net/connection.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <unistd.h>
#include <utility>

namespace millrace::net {

namespace {

constexpr int events_per_round = 256;

using event_array = std::array<epoll_event, events_per_round>;

}  // namespace

worker::worker()
    : epoll_{::epoll_create1(EPOLL_CLOEXEC)},
      wakeup_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)},
      timers_{now()},
      // The slack lets vector instructions and the terminators of a chunk run past the end.
      scratch_{std::make_unique_for_overwrite<char[]>(scratch_bytes + 64)} {
    MILLRACE_ASSERT(epoll_ >= 0 && wakeup_ >= 0);
    MILLRACE_ASSERT(add(wakeup_, EPOLLIN, mailbox_) == 0);
}

worker::~worker() {
    empty_graveyard();
    ::close(wakeup_);
    ::close(epoll_);
}

void worker::handle(std::span<epoll_event> events) {
    // A dead pooled connection must be noticed before a request of the same round takes it.
    for (auto& event : events) {
        if ((event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) {
            static_cast<event_source*>(event.data.ptr)->on_events(event.events);
            event.data.ptr = nullptr;
        }
    }
    for (auto const& event : events) {
        if (event.data.ptr != nullptr) {
            static_cast<event_source*>(event.data.ptr)->on_events(event.events);
        }
    }
}

void worker::run() {
    event_array events;
    while (!stopped_.load(std::memory_order_relaxed)) {
        int const count =
            ::epoll_wait(epoll_, events.data(), events_per_round, wait_milliseconds());
        auto const now = clock_.read();
        handle({events.data(), static_cast<std::size_t>(std::max(count, 0))});
        if (now >= timers_.next_advance()) {
            timers_.advance(now);
        }
        // Not among the events: a job may destroy what a later event of the round names.
        if (std::exchange(has_posted_, false)) {
            run_posted();
        }
        run_ready();
        empty_graveyard();
    }
    // What was posted last ends everything that still waits; that may take several turns.
    run_posted();
    while (!ready_.empty()) {
        run_ready();
    }
    empty_graveyard();
}

int worker::wait_milliseconds() const noexcept {
    if (!ready_.empty()) {
        return 0;
    }
    auto const left = timers_.next_advance() - precise_now();
    auto const millis = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    return static_cast<int>(std::clamp<std::int64_t>(millis, 0, 100));
}

void worker::run_ready() {
    // What is resumed may make more ready; indices stay valid while the vector grows.
    for (std::size_t i = 0; i < ready_.size(); ++i) {
        ready_[i].resume();
    }
    ready_.clear();
}

void worker::stop() noexcept {
    stopped_.store(true, std::memory_order_relaxed);
    std::uint64_t const one = 1;
    [[maybe_unused]] auto const written = ::write(wakeup_, &one, sizeof one);
}

void worker::post(std::function<void()> job) {
    {
        std::lock_guard const lock{posted_mutex_};
        posted_.push_back(std::move(job));
    }
    std::uint64_t const one = 1;
    [[maybe_unused]] auto const written = ::write(wakeup_, &one, sizeof one);
}

void worker::mailbox::on_events(std::uint32_t) {
    std::uint64_t count = 0;
    [[maybe_unused]] auto const got = ::read(owner.wakeup_, &count, sizeof count);
    owner.has_posted_ = true;
}

void worker::run_posted() {
    std::vector<std::function<void()>> jobs;
    {
        std::lock_guard const lock{posted_mutex_};
        jobs.swap(posted_);
    }
    for (auto& job : jobs) {
        job();
    }
}

void worker::empty_graveyard() noexcept {
    for (std::size_t i = 0; i < graveyard_.size(); ++i) {
        delete graveyard_[i];
    }
    graveyard_.clear();
}

int worker::add(int fd, std::uint32_t events, event_source& source) noexcept {
    epoll_event event{.events = events, .data = {.ptr = &source}};
    return ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : errno;
}

void worker::modify(int fd, std::uint32_t events, event_source& source) noexcept {
    epoll_event event{.events = events, .data = {.ptr = &source}};
    MILLRACE_ASSERT(::epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &event) == 0);
}

void worker::remove(int fd) noexcept {
    // The file may be gone from the set already when the descriptor was closed; no matter.
    (void)::epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
}

}  // namespace millrace::net
