// Many clients that read streamed answers of upstream_stub, chunk by chunk, again and again.
//
//   stream_client PORT CONNECTIONS SECONDS [CHUNKS [INTERVAL_MS]]
//
// Each chunk carries the time when the stub sent it, so the delay on the way is known exactly.
// Prints one line of JSON: chunks, streams, errors, reads, and p50 and p99 in microseconds of a
// chunk's delay, of the gap between the chunks of a stream, and of the time to a stream's first
// chunk (which has the stub's first pause in it).
#include "bench/load/chunked_reader.hpp"
#include "bench/load/sockets.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <memory>
#include <string>
#include <unistd.h>
#include <vector>

namespace {

constexpr std::size_t record_bytes = 39;  // "data: NNNNNNNNNN TTTTTTTTTTTTTTTTTTTT\n\n"
constexpr std::size_t time_at = 17;
constexpr std::size_t time_digits = 20;

struct options {
    std::uint16_t port = 0;
    std::size_t connections = 0;
    std::uint64_t seconds = 0;
    std::uint64_t chunks = 50;
    std::uint64_t interval_ms = 5;
};

struct client {
    int fd = -1;
    load::chunked_reader reader;
    std::uint64_t asked_ns = 0;
    std::uint64_t last_ns = 0;  ///< of the previous chunk; 0: none yet
    std::uint64_t got = 0;
};

/// Durations in nanoseconds, of which percentiles are asked in the end.
class durations {
 public:
    void add(std::uint64_t from_ns, std::uint64_t to_ns) {
        values_.push_back(static_cast<std::uint32_t>(to_ns > from_ns ? (to_ns - from_ns) : 0));
    }

    [[nodiscard]] double microseconds_at(double quantile) {
        if (values_.empty()) {
            return 0;
        }
        const auto rank =
            static_cast<std::size_t>(quantile * static_cast<double>(values_.size() - 1));
        std::nth_element(
            values_.begin(), values_.begin() + static_cast<std::ptrdiff_t>(rank), values_.end()
        );
        return values_[rank] / 1000.0;
    }

 private:
    std::vector<std::uint32_t> values_;
};

class crowd {
 public:
    explicit crowd(options asked) : options_{asked}, scratch_(load::scratch_bytes) {
        request_ = "GET /stream?chunks=" + std::to_string(asked.chunks) +
                   "&interval_ms=" + std::to_string(asked.interval_ms) +
                   " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    }

    void run() {
        begin_ns_ = load::now_ns();
        const std::uint64_t end_ns = begin_ns_ + options_.seconds * 1'000'000'000U;
        while (load::now_ns() < end_ns && !load::stopping()) {
            start_due_clients();
            for (const epoll_event& event : poller_.wait(1'000'000)) {
                read(*static_cast<client*>(event.data.ptr));
            }
        }
    }

    void print() {
        const double seconds = static_cast<double>(load::now_ns() - begin_ns_) / 1e9;
        std::printf(
            "{\"seconds\":%.3f,\"chunks\":%llu,\"streams\":%llu,\"errors\":%llu,\"reads\":%llu,"
            "\"delay_us\":{\"p50\":%.1f,\"p99\":%.1f},\"gap_us\":{\"p50\":%.1f,\"p99\":%.1f},"
            "\"first_us\":{\"p50\":%.1f,\"p99\":%.1f}}\n",
            seconds,
            chunks_,
            streams_,
            errors_,
            reads_,
            delay_.microseconds_at(0.5),
            delay_.microseconds_at(0.99),
            gap_.microseconds_at(0.5),
            gap_.microseconds_at(0.99),
            first_.microseconds_at(0.5),
            first_.microseconds_at(0.99)
        );
    }

 private:
    /// Spreads the starts over one interval, so that the streams do not march in step.
    void start_due_clients() {
        const std::uint64_t spread_ns = options_.interval_ms * 1'000'000U;
        while (clients_.size() < options_.connections &&
               begin_ns_ + clients_.size() * spread_ns / options_.connections <= load::now_ns()) {
            clients_.push_back(std::make_unique<client>());
            connect(*clients_.back());
        }
    }

    void connect(client& one) {
        one.fd = load::connect_to(options_.port);
        poller_.add(one.fd, EPOLLIN, &one);
        ask(one);
    }

    void ask(client& one) {
        one.reader.reset();
        one.asked_ns = load::now_ns();
        one.last_ns = 0;
        one.got = 0;
        if (::send(one.fd, request_.data(), request_.size(), MSG_NOSIGNAL) < 0) {
            fail(one);
        }
    }

    void read(client& one) {
        const ssize_t size = ::recv(one.fd, scratch_.data(), scratch_.size(), 0);
        if (size < 0 && errno == EAGAIN) {
            return;
        }
        if (size <= 0) {
            fail(one);
            return;
        }
        ++reads_;
        const std::uint64_t now = load::now_ns();
        const auto state = one.reader.feed({scratch_.data(), static_cast<std::size_t>(size)});
        take_records(one, now);
        if (state == load::chunked_reader::state::complete && one.got == options_.chunks) {
            ++streams_;
            ask(one);
        } else if (state != load::chunked_reader::state::more) {
            fail(one);
        }
    }

    void take_records(client& one, std::uint64_t now) {
        std::string& payload = one.reader.payload();
        std::size_t at = 0;
        for (; payload.size() - at >= record_bytes; at += record_bytes) {
            std::uint64_t sent_ns = 0;
            const char* const time = payload.data() + at + time_at;
            std::from_chars(time, time + time_digits, sent_ns);
            delay_.add(sent_ns, now);
            if (one.last_ns != 0) {
                gap_.add(one.last_ns, now);
            } else {
                first_.add(one.asked_ns, now);
            }
            one.last_ns = now;
            ++one.got;
            ++chunks_;
        }
        payload.erase(0, at);
    }

    /// Counts, and tries again on a new connection.
    void fail(client& one) {
        ++errors_;
        ::close(one.fd);
        if (errors_ > 100 * options_.connections) {
            std::fputs("stream_client: too many errors\n", stderr);
            std::_Exit(1);
        }
        connect(one);
    }

    options options_;
    std::string request_;
    std::vector<char> scratch_;
    load::poller poller_;
    std::vector<std::unique_ptr<client>> clients_;
    std::uint64_t begin_ns_ = 0;
    unsigned long long chunks_ = 0;
    unsigned long long streams_ = 0;
    unsigned long long errors_ = 0;
    unsigned long long reads_ = 0;
    durations delay_;
    durations gap_;
    durations first_;
};

}  // namespace

int main(int count, char** words) {
    if (count < 4 || count > 6) {
        std::fputs(
            "usage: stream_client PORT CONNECTIONS SECONDS [CHUNKS [INTERVAL_MS]]\n", stderr
        );
        return 2;
    }
    load::stop_on_signals();
    load::raise_descriptor_limit();
    options asked;
    asked.port = static_cast<std::uint16_t>(load::number_of(words[1], "port"));
    asked.connections = load::number_of(words[2], "connections");
    asked.seconds = load::number_of(words[3], "seconds");
    asked.chunks = count > 4 ? load::number_of(words[4], "chunks") : asked.chunks;
    asked.interval_ms = count > 5 ? load::number_of(words[5], "interval") : asked.interval_ms;
    crowd clients{asked};
    clients.run();
    clients.print();
    return 0;
}
