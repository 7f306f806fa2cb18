#include "tests/unit/config/load_support.hpp"

#include <catch2/catch.hpp>

using namespace millrace::config;
using namespace millrace::config::test;
using namespace std::chrono_literals;

namespace {

std::string with_listener(const std::string& value) {
    return "listeners: [" + value + "]\nbackends: {a: {url: 'http://x'}}\n" +
           "routes: [{name: r, backend_refs: [{backend: a}]}]";
}

}  // namespace

TEST_CASE("a listener has an address, limits, timeouts and forwarding rules", "[config]") {
    auto const listener =
        loaded(
            with_listener("{bind: '[::1]:0', "
                          "limits: {connections_max: 1, requests_per_connection_max: 2, "
                          "request_line_bytes_max: 1KiB, header_bytes_max: 2KiB, "
                          "header_count_max: 3, body_bytes_max: 0}, "
                          "timeouts: {keep_alive: 1s, header: 2s, body: 3s, write: 4s}, "
                          "forwarding: {trusted_proxies: [10.0.0.0/8, '::1'], x_forwarded: false, "
                          "forwarded: true, via: false}}")
        )
            .listeners.at(0);

    CHECK(listener.address == "::1");
    CHECK(listener.port == 0);
    CHECK(listener.limits.connections_max == 1);
    CHECK(listener.limits.requests_per_connection_max == 2);
    CHECK(listener.limits.request_line_bytes_max == 1024);
    CHECK(listener.limits.header_bytes_max == 2048);
    CHECK(listener.limits.header_count_max == 3);
    CHECK(listener.limits.body_bytes_max == 0);
    CHECK(listener.timeouts.keep_alive == 1s);
    CHECK(listener.timeouts.header == 2s);
    CHECK(listener.timeouts.body == 3s);
    CHECK(listener.timeouts.write == 4s);
    CHECK(listener.forwarding.trusted_proxies == std::vector<std::string>{"10.0.0.0/8", "::1"});
    CHECK_FALSE(listener.forwarding.x_forwarded);
    CHECK(listener.forwarding.forwarded);
    CHECK_FALSE(listener.forwarding.via);
}

TEST_CASE("a listener binds to an address", "[config]") {
    CHECK(
        errors_of(with_listener("{bind: localhost:80}")) ==
        "f:1:20: listeners[0].bind: expected an address and a port such as 0.0.0.0:8080 or "
        "[::1]:8080, got 'localhost:80'; did you mean '127.0.0.1:80'?\n"
    );
    CHECK(
        errors_of(with_listener("{bind: 8080}")) ==
        "f:1:20: listeners[0].bind: expected an address and a port such as 0.0.0.0:8080 or "
        "[::1]:8080, got the number 8080\n"
    );
    CHECK(
        errors_of(with_listener("{}")) ==
        "f:1:13: listeners[0]: expected the key 'bind', got none\n"
    );
}

TEST_CASE("a trusted proxy is an address or a network", "[config]") {
    CHECK(
        errors_of(with_listener("{bind: 127.0.0.1:80, forwarding: {trusted_proxies: [10.0.0.0/33]}}"
        )) ==
        "f:1:65: listeners[0].forwarding.trusted_proxies[0]: expected an address or a network "
        "such as 10.0.0.0/8, got '10.0.0.0/33'\n"
    );
}

TEST_CASE("keys of a listener that are not built yet are refused as such", "[config]") {
    CHECK(
        errors_of(with_listener("{bind: 127.0.0.1:80, tls: {}}")) ==
        "f:1:34: listeners[0].tls: 'tls' is not built yet in this version\n"
    );
}
