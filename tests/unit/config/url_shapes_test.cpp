#include "tests/unit/config/load_support.hpp"

#include <catch2/catch.hpp>

using namespace millrace::config;
using namespace millrace::config::test;

TEST_CASE("several urls are several endpoints of one backend", "[config]") {
    auto const backend =
        loaded(with_backend("{urls: ['http://X:1/p?q=1', 'http://[::1]:2/p?q=1']}"))
            .table.backends.at(0);

    REQUIRE(backend.endpoints.size() == 2);
    CHECK(backend.endpoints[0].host == "x");
    CHECK(backend.endpoints[0].authority == "x:1");
    CHECK(backend.endpoints[1].host == "::1");
    CHECK(backend.endpoints[1].port == 2);
    CHECK(backend.url_path == "/p");
    CHECK(backend.url_query == "q=1");
}

TEST_CASE("all urls of a backend have the same path and query", "[config]") {
    CHECK(
        errors_of(with_backend("{urls: ['http://x/a', 'http://y/b', 'http://z/a?q']}")) ==
        "f:2:37: backends.a.urls[1]: expected the path and query of the other urls, got different "
        "ones\n"
        "f:2:51: backends.a.urls[2]: expected the path and query of the other urls, got different "
        "ones\n"
    );
}

TEST_CASE("a wrong URL is told without showing it", "[config]") {
    CHECK(
        errors_of(with_backend("{url: 'http://user:hunter2@x'}")) ==
        "f:2:21: backends.a.url: expected a URL such as http://127.0.0.1:9001/path, got a URL with "
        "a user name\n"
    );
    CHECK(
        errors_of(with_backend("{url: 'https://x'}")) ==
        "f:2:21: backends.a.url: expected a URL such as http://127.0.0.1:9001/path, got https: TLS "
        "to upstreams is not built yet\n"
    );
    CHECK_FALSE(errors_of(with_backend("{url: 5}")).empty());
    CHECK_FALSE(errors_of(with_backend("{urls: x}")).empty());
}
