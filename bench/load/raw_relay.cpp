// A raw relay of bytes between loopback ports, the floor that proxies are compared with: one
// thread, one epoll set, one upstream connection per downstream connection, one read buffer for all
// of them, a direct send after each read. It parses nothing.
//
//   raw_relay LISTEN_PORT UPSTREAM_PORT...      upstreams take turns, connection by connection
#include "bench/load/sockets.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>
#include <unistd.h>
#include <unordered_map>
#include <utility>
#include <vector>

namespace {

/// One direction's source and the other's sink.
struct side {
    int fd = -1;
    side* other = nullptr;
    std::string unsent;  ///< read from the other side, not taken by this one yet
};

/// Both connections of one client. Closed pairs live on until the events at hand are served.
struct pair {
    side downstream;
    side upstream;
};

class relay {
 public:
    relay(std::uint16_t port, std::vector<std::uint16_t> upstreams)
        : listener_{load::listen_on(port)},
          upstreams_{std::move(upstreams)},
          scratch_(load::scratch_bytes) {
        poller_.add(listener_, EPOLLIN, nullptr);
    }

    void run() {
        while (!load::stopping()) {
            for (const epoll_event& event : poller_.wait(-1)) {
                if (event.data.ptr == nullptr) {
                    accept_all();
                } else {
                    serve(*static_cast<side*>(event.data.ptr), event.events);
                }
            }
            closed_.clear();
        }
    }

 private:
    void accept_all() {
        for (int fd = load::accept_from(listener_); fd >= 0; fd = load::accept_from(listener_)) {
            auto made = std::make_unique<pair>();
            made->downstream.fd = fd;
            made->upstream.fd = load::connect_to(upstreams_[accepted_++ % upstreams_.size()]);
            made->downstream.other = &made->upstream;
            made->upstream.other = &made->downstream;
            poller_.add(made->downstream.fd, EPOLLIN, &made->downstream);
            poller_.add(made->upstream.fd, EPOLLIN, &made->upstream);
            open_.emplace(fd, std::move(made));
        }
    }

    void serve(side& from, std::uint32_t events) {
        if (from.fd < 0) {
            return;  // closed by an earlier event of this round
        }
        if ((events & EPOLLOUT) != 0 && !flush(from)) {
            close_pair(from);
            return;
        }
        if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0 && from.other->unsent.empty()) {
            forward(from);
        }
    }

    void forward(side& from) {
        const ssize_t got = ::recv(from.fd, scratch_.data(), scratch_.size(), 0);
        if (got < 0 && errno == EAGAIN) {
            return;
        }
        if (got <= 0) {
            close_pair(from);
            return;
        }
        side& to = *from.other;
        const auto size = static_cast<std::size_t>(got);
        ssize_t sent = ::send(to.fd, scratch_.data(), size, MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN) {
            close_pair(from);
            return;
        }
        sent = sent < 0 ? 0 : sent;
        if (static_cast<std::size_t>(sent) < size) {
            to.unsent.assign(scratch_.data() + sent, size - static_cast<std::size_t>(sent));
            poller_.change(to.fd, EPOLLOUT | (from.unsent.empty() ? EPOLLIN : 0U), &to);
            poller_.change(from.fd, from.unsent.empty() ? 0U : EPOLLOUT, &from);
        }
    }

    /// Sends what waits for this side; false when the connection is broken.
    bool flush(side& to) {
        const ssize_t sent = ::send(to.fd, to.unsent.data(), to.unsent.size(), MSG_NOSIGNAL);
        if (sent < 0) {
            return errno == EAGAIN;
        }
        to.unsent.erase(0, static_cast<std::size_t>(sent));
        if (to.unsent.empty()) {
            side& from = *to.other;
            poller_.change(to.fd, from.unsent.empty() ? EPOLLIN : 0U, &to);
            poller_.change(from.fd, EPOLLIN | (from.unsent.empty() ? 0U : EPOLLOUT), &from);
        }
        return true;
    }

    void close_pair(side& one) {
        const auto down = open_.find(one.fd);
        const auto found = down != open_.end() ? down : open_.find(one.other->fd);
        ::close(one.fd);
        ::close(one.other->fd);
        closed_.push_back(std::move(found->second));
        open_.erase(found);
        one.fd = -1;
        one.other->fd = -1;
    }

    int listener_;
    std::vector<std::uint16_t> upstreams_;
    std::vector<char> scratch_;
    load::poller poller_;
    std::size_t accepted_ = 0;
    std::unordered_map<int, std::unique_ptr<pair>> open_;  // by the downstream descriptor
    std::vector<std::unique_ptr<pair>> closed_;
};

}  // namespace

int main(int count, char** words) {
    if (count < 3) {
        std::fputs("usage: raw_relay LISTEN_PORT UPSTREAM_PORT...\n", stderr);
        return 2;
    }
    load::stop_on_signals();
    load::raise_descriptor_limit();
    std::vector<std::uint16_t> upstreams;
    for (int index = 2; index < count; ++index) {
        upstreams.push_back(
            static_cast<std::uint16_t>(load::number_of(words[index], "upstream port"))
        );
    }
    const auto port = static_cast<std::uint16_t>(load::number_of(words[1], "listening port"));
    relay{port, std::move(upstreams)}.run();
    return 0;
}
