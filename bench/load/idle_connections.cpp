// Holds many connections, so that what a proxy keeps for each can be read from /proc.
//
//   idle_connections PORT COUNT idle     one GET on each, then silence on all of them
//   idle_connections PORT COUNT slow     asks for 1 MiB on each, with a small receive buffer, and
//                                        never reads
//
// Prints "holding N" once all are there, and ends when its standard input does or on a signal.
#include "bench/load/sockets.hpp"

#include <sys/socket.h>

#include <cstdio>
#include <poll.h>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

namespace {

constexpr std::size_t in_flight_max = 64;
constexpr int small_receive_bytes = 4096;
constexpr std::string_view idle_request = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
constexpr std::string_view slow_request =
    "GET /bytes?size=1048576 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";

/// One of the 127.0.0.x, so that no address runs out of ports.
std::uint8_t source_of(std::size_t index) {
    return static_cast<std::uint8_t>(2 + index / 2'000 % 200);
}

int open_and_ask(std::uint16_t port, std::size_t index, bool slow) {
    const int fd = load::connect_to(port, source_of(index), slow ? small_receive_bytes : 0);
    pollfd waiting{fd, POLLOUT, 0};
    ::poll(&waiting, 1, 5'000);
    const std::string_view request = slow ? slow_request : idle_request;
    if (::send(fd, request.data(), request.size(), MSG_NOSIGNAL) < 0) {
        load::fail("send");
    }
    return fd;
}

/// Reads the whole answer of 200 bytes.
void read_answer(int fd) {
    std::string text;
    std::size_t end = std::string::npos;
    while (end == std::string::npos || text.size() < end + 4 + 200) {
        pollfd waiting{fd, POLLIN, 0};
        char buffer[4096];
        if (::poll(&waiting, 1, 10'000) != 1) {
            std::fputs("idle_connections: no answer within 10 s\n", stderr);
            std::_Exit(1);
        }
        const ssize_t got = ::recv(fd, buffer, sizeof buffer, 0);
        if (got <= 0) {
            load::fail("the proxy closed a connection");
        }
        text.append(buffer, static_cast<std::size_t>(got));
        end = text.find("\r\n\r\n");
    }
    if (!text.starts_with("HTTP/1.1 200")) {
        std::fprintf(stderr, "idle_connections: %s\n", text.substr(0, 80).c_str());
        std::_Exit(1);
    }
}

std::vector<int> open_all(std::uint16_t port, std::size_t count, bool slow) {
    std::vector<int> held;
    std::size_t answered = 0;
    while (held.size() < count && !load::stopping()) {
        held.push_back(open_and_ask(port, held.size(), slow));
        if (!slow && held.size() - answered == in_flight_max) {
            read_answer(held[answered++]);
        }
    }
    for (; !slow && answered < held.size(); ++answered) {
        read_answer(held[answered]);
    }
    return held;
}

/// How many the proxy has closed meanwhile (those with an answer waiting do not count as closed).
std::size_t closed_among(const std::vector<int>& held) {
    std::size_t closed = 0;
    for (const int fd : held) {
        pollfd state{fd, POLLRDHUP, 0};
        if (::poll(&state, 1, 0) == 1) {
            ++closed;
        }
    }
    return closed;
}

}  // namespace

int main(int count, char** words) {
    const std::string_view mode = count == 4 ? words[3] : "";
    if (mode != "idle" && mode != "slow") {
        std::fputs("usage: idle_connections PORT COUNT idle|slow\n", stderr);
        return 2;
    }
    load::stop_on_signals();
    load::raise_descriptor_limit();
    const auto port = static_cast<std::uint16_t>(load::number_of(words[1], "port"));
    const std::vector<int> held =
        open_all(port, load::number_of(words[2], "count"), mode == "slow");
    std::printf("holding %zu\n", held.size());
    std::fflush(stdout);
    char byte = 0;
    while (!load::stopping() && ::read(STDIN_FILENO, &byte, 1) > 0) {
    }
    std::printf("closed meanwhile %zu\n", closed_among(held));
    return 0;
}
