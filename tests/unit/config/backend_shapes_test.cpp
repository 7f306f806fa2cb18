#include "tests/unit/config/load_support.hpp"

#include <catch2/catch.hpp>

using namespace millrace::config;
using namespace millrace::config::test;
using namespace std::chrono_literals;

TEST_CASE("a backend has timeouts and limits", "[config]") {
    auto const backend =
        loaded(
            with_backend("{url: 'http://x', preserve_host: true, http: h1, "
                         "timeouts: {connect: 1s, first_byte: 2s, idle: 0, total: 1m}, "
                         "limits: {connections_max: 5, idle_connections_max: 0, idle_timeout: 9s}}")
        )
            .table.backends.at(0);

    CHECK(backend.name == "a");
    CHECK(backend.preserve_host);
    CHECK(backend.timeouts.connect == 1s);
    CHECK(backend.timeouts.first_byte == 2s);
    CHECK(backend.timeouts.idle == 0s);
    CHECK(backend.timeouts.total == 1min);
    CHECK(backend.limits.connections_max == 5);
    CHECK(backend.limits.idle_connections_max == 0);
    CHECK(backend.limits.idle_timeout == 9s);
}

TEST_CASE("ways to speak to a backend that are not built yet are refused as such", "[config]") {
    CHECK(
        errors_of(with_backend("{url: 'http://x', http: h2c}")) ==
        "f:2:39: backends.a.http: expected auto or h1, got 'h2c', which is not built yet in this "
        "version\n"
    );
    CHECK(
        errors_of(with_backend("{url: 'http://x', protocol: openai}")) ==
        "f:2:43: backends.a.protocol: expected none, got 'openai', which is not built yet in this "
        "version\n"
    );
}

TEST_CASE("keys of a backend that are not built yet are refused as such", "[config]") {
    for (std::string const key :
         {"health", "credentials", "tls", "outlier_ejection", "proxy_protocol"}) {
        CHECK(
            errors_of(with_backend("{url: 'http://x', " + key + ": {}}")) ==
            "f:2:33: backends.a." + key + ": '" + key + "' is not built yet in this version\n"
        );
    }
}

TEST_CASE("a backend is reached by url or by urls", "[config]") {
    CHECK(
        errors_of(with_backend("{}")) ==
        "f:2:15: backends.a: expected one of url or urls, got none\n"
    );
    CHECK(
        errors_of(with_backend("{url: 'http://x', urls: ['http://x']}")) ==
        "f:2:33: backends.a.urls: expected only one of url or urls, got 'url' and 'urls'\n"
    );
}

TEST_CASE("the name of a backend can stand in a header", "[config]") {
    CHECK(
        errors_of("listeners: [{bind: 127.0.0.1:1}]\nbackends: {'a b': {url: 'http://x'}}\n"
                  "routes: [{name: r, backend_refs: [{backend: a}]}]") ==
        "f:2:12: backends.'a b': expected the name of a backend: letters, digits, '.', '_' and "
        "'-', at most 128, got 'a b'\n"
        "f:3:45: routes[0].backend_refs[0].backend: expected the name of a backend, got 'a'\n"
    );
}
