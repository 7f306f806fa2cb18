// A lean HTTP/1.1 back end for load tests: one thread, one epoll set, canned answers.
//
//   upstream_stub PORT
//
//   GET  /anything                           200 bytes
//   POST /anything, /large...                1 KB, 64 KB once the body has been read
//   GET  /bytes?size=N                       N bytes (at most 16 MiB)
//   GET  /stream?chunks=50&interval_ms=5     that many chunks of 39 bytes, one by one: number and
//                                            time of sending (monotonic nanoseconds)
//   GET  /count                              requests and connections so far, as JSON
#include "bench/load/sockets.hpp"
#include "bench/load/stub_request.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <string>
#include <unistd.h>
#include <unordered_map>
#include <utility>
#include <vector>

namespace {

constexpr std::size_t head_bytes_max = std::size_t{64} * 1024;
constexpr std::size_t answer_sizes_max = 16;
constexpr std::size_t large_bytes = std::size_t{64} * 1024;
constexpr std::size_t answer_bytes_max = std::size_t{16} * 1024 * 1024;
constexpr std::string_view stream_head =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

struct connection {
    int fd = -1;
    std::uint64_t id = 0;
    std::string unparsed;           ///< beginning of a head, or requests that wait for their turn
    std::uint64_t body_left = 0;    ///< of the request that is being read
    std::size_t answer_bytes = 0;   ///< to be given after the body
    std::string_view unsent;        ///< rest of a canned answer, or of `own`
    std::string own;                ///< an answer that is not canned
    std::uint64_t chunks_left = 0;  ///< of a stream; the terminator counts as one
    std::uint64_t chunk = 0;
    std::uint64_t interval_ns = 0;
    bool close_after = false;
    bool waits_for_room = false;

    [[nodiscard]] bool busy() const { return !unsent.empty() || chunks_left > 0; }
};

/// When which stream gets its next chunk.
struct appointment {
    std::uint64_t at_ns = 0;
    std::uint64_t id = 0;

    friend bool operator>(const appointment& left, const appointment& right) {
        return left.at_ns > right.at_ns;
    }
};

class stub {
 public:
    explicit stub(std::uint16_t port)
        : listener_{load::listen_on(port)}, scratch_(load::scratch_bytes) {
        poller_.add(listener_, EPOLLIN, nullptr);
        std::printf("listening on %u\n", load::port_of(listener_));
        std::fflush(stdout);
    }

    void run() {
        while (!load::stopping()) {
            for (const epoll_event& event : poller_.wait(time_to_next_chunk())) {
                if (event.data.ptr == nullptr) {
                    accept_all();
                } else {
                    serve(*static_cast<connection*>(event.data.ptr), event.events);
                }
            }
            send_due_chunks();
            closed_.clear();
        }
        std::fprintf(stderr, "%s\n", counts().c_str());
    }

 private:
    void accept_all() {
        for (int fd = load::accept_from(listener_); fd >= 0; fd = load::accept_from(listener_)) {
            auto made = std::make_unique<connection>();
            made->fd = fd;
            made->id = ++connections_;
            poller_.add(fd, EPOLLIN, made.get());
            open_.emplace(made->id, std::move(made));
        }
    }

    void serve(connection& peer, std::uint32_t events) {
        if (peer.fd < 0) {
            return;
        }
        if ((events & EPOLLOUT) != 0) {
            flush(peer);
            resume(peer);
        }
        if (peer.fd >= 0 && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) {
            read(peer);
        }
    }

    void read(connection& peer) {
        const ssize_t got = ::recv(peer.fd, scratch_.data(), scratch_.size(), 0);
        if (got < 0 && errno == EAGAIN) {
            return;
        }
        if (got <= 0) {
            close(peer);
            return;
        }
        const std::string_view bytes{scratch_.data(), static_cast<std::size_t>(got)};
        if (peer.unparsed.empty()) {
            consume(peer, bytes);
            return;
        }
        std::string joined = std::exchange(peer.unparsed, {});
        joined.append(bytes);
        consume(peer, joined);
    }

    /// Serves the requests that arrived while an answer was on its way.
    void resume(connection& peer) {
        if (peer.fd >= 0 && !peer.busy() && !peer.unparsed.empty()) {
            const std::string waiting = std::exchange(peer.unparsed, {});
            consume(peer, waiting);
        }
    }

    /// Takes bodies and heads, and answers each request that is complete.
    void consume(connection& peer, std::string_view bytes) {
        while (!bytes.empty() && peer.fd >= 0) {
            if (peer.body_left > 0) {
                take_body(peer, bytes);
            } else if (!take_head(peer, bytes)) {
                return;
            }
        }
    }

    void take_body(connection& peer, std::string_view& bytes) {
        const std::uint64_t take = std::min<std::uint64_t>(peer.body_left, bytes.size());
        bytes.remove_prefix(take);
        peer.body_left -= take;
        if (peer.body_left == 0) {
            answer_with_bytes(peer, peer.answer_bytes);
        }
    }

    /// False when the rest has to wait, or the connection is closed.
    bool take_head(connection& peer, std::string_view& bytes) {
        const std::size_t end = peer.busy() ? std::string_view::npos : bytes.find("\r\n\r\n");
        if (end == std::string_view::npos) {
            peer.unparsed = bytes;
            if (bytes.size() > head_bytes_max) {
                close(peer);
            }
            return false;
        }
        const auto request = load::parse_head(bytes.substr(0, end + 4));
        bytes.remove_prefix(end + 4);
        if (!request || request->unframed) {
            close(peer);
            return false;
        }
        answer(peer, *request);
        return true;
    }

    void answer(connection& peer, const load::stub_request& request) {
        peer.close_after = request.close;
        peer.answer_bytes = 200;
        if (request.path.starts_with("/large")) {
            peer.answer_bytes = large_bytes;
        } else if (request.path == "/bytes") {
            peer.answer_bytes = load::query_number(request.query, "size", 1024, answer_bytes_max);
        } else if (request.method == "POST") {
            peer.answer_bytes = 1024;
        }
        if (request.body_bytes > 0) {
            peer.body_left = request.body_bytes;
        } else if (request.path == "/stream") {
            begin_stream(peer, request.query);
        } else if (request.path == "/count") {
            peer.own = with_head(counts());
            send(peer, peer.own);
        } else {
            answer_with_bytes(peer, peer.answer_bytes);
        }
    }

    void answer_with_bytes(connection& peer, std::size_t size) {
        ++requests_;
        auto found = canned_.find(size);
        if (found == canned_.end()) {
            if (canned_.size() == answer_sizes_max) {
                close(peer);  // a load test asks for a few sizes; the stub keeps each
                return;
            }
            found = canned_.emplace(size, with_head(std::string(size, 'x'))).first;
        }
        send(peer, found->second);
    }

    void begin_stream(connection& peer, std::string_view query) {
        ++requests_;
        peer.chunks_left = load::query_number(query, "chunks", 50, 1'000'000) + 1;
        peer.chunk = 0;
        peer.interval_ns = load::query_number(query, "interval_ms", 5, 60'000) * 1'000'000U;
        send(peer, stream_head);
        if (peer.fd >= 0) {
            appointments_.push({load::now_ns() + peer.interval_ns, peer.id});
        }
    }

    [[nodiscard]] std::int64_t time_to_next_chunk() const {
        if (appointments_.empty()) {
            return -1;
        }
        const std::uint64_t now = load::now_ns();
        const std::uint64_t at = appointments_.top().at_ns;
        return at > now ? static_cast<std::int64_t>(at - now) : 0;
    }

    void send_due_chunks() {
        while (!appointments_.empty() && appointments_.top().at_ns <= load::now_ns()) {
            const appointment due = appointments_.top();
            appointments_.pop();
            const auto found = open_.find(due.id);
            if (found != open_.end() && found->second->chunks_left > 0) {
                send_chunk(*found->second, due.at_ns);
            }
        }
    }

    void send_chunk(connection& peer, std::uint64_t due_ns) {
        if (!peer.unsent.empty()) {  // a slow reader: its stream waits
            appointments_.push({load::now_ns() + peer.interval_ns, peer.id});
            return;
        }
        --peer.chunks_left;
        if (peer.chunks_left == 0) {
            send(peer, "0\r\n\r\n");
            resume(peer);
            return;
        }
        char text[64];
        const int size = std::snprintf(
            text,
            sizeof text,
            "27\r\ndata: %010llu %020llu\n\n\r\n",
            static_cast<unsigned long long>(peer.chunk++),
            static_cast<unsigned long long>(load::now_ns())
        );
        peer.own.assign(text, static_cast<std::size_t>(size));
        send(peer, peer.own);
        if (peer.fd >= 0) {
            // The end of the stream follows its last chunk at once.
            const std::uint64_t pause = peer.chunks_left == 1 ? 0 : peer.interval_ns;
            appointments_.push({due_ns + pause, peer.id});
        }
    }

    /// @param bytes stay valid until sent: canned, a constant, or the connection's own
    void send(connection& peer, std::string_view bytes) {
        peer.unsent = bytes;
        flush(peer);
    }

    void flush(connection& peer) {
        if (!peer.unsent.empty()) {
            const ssize_t sent =
                ::send(peer.fd, peer.unsent.data(), peer.unsent.size(), MSG_NOSIGNAL);
            if (sent < 0 && errno != EAGAIN) {
                close(peer);
                return;
            }
            peer.unsent.remove_prefix(sent < 0 ? 0 : static_cast<std::size_t>(sent));
        }
        if (peer.waits_for_room == peer.unsent.empty()) {
            peer.waits_for_room = !peer.unsent.empty();
            poller_.change(peer.fd, peer.waits_for_room ? EPOLLIN | EPOLLOUT : EPOLLIN, &peer);
        }
        if (!peer.busy() && peer.close_after) {
            close(peer);
        }
    }

    void close(connection& peer) {
        ::close(peer.fd);
        peer.fd = -1;
        const auto found = open_.find(peer.id);
        closed_.push_back(std::move(found->second));  // events at hand may still name it
        open_.erase(found);
    }

    static std::string with_head(const std::string& body) {
        return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
               std::to_string(body.size()) + "\r\n\r\n" + body;
    }

    [[nodiscard]] std::string counts() const {
        return "{\"requests\":" + std::to_string(requests_) +
               ",\"connections\":" + std::to_string(connections_) + "}";
    }

    int listener_;
    std::vector<char> scratch_;
    load::poller poller_;
    std::uint64_t connections_ = 0;
    std::uint64_t requests_ = 0;
    std::map<std::size_t, std::string> canned_;
    std::unordered_map<std::uint64_t, std::unique_ptr<connection>> open_;
    std::vector<std::unique_ptr<connection>> closed_;
    std::priority_queue<appointment, std::vector<appointment>, std::greater<>> appointments_;
};

}  // namespace

int main(int count, char** words) {
    if (count != 2) {
        std::fputs("usage: upstream_stub PORT\n", stderr);
        return 2;
    }
    load::stop_on_signals();
    load::raise_descriptor_limit();
    stub{static_cast<std::uint16_t>(load::number_of(words[1], "port"))}.run();
    return 0;
}
