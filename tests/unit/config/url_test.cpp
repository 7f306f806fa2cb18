#include "proxy/config/url.hpp"

#include <catch2/catch.hpp>

using namespace millrace::config;

TEST_CASE("a URL has a host, a port, a path and a query", "[config]") {
    auto const full = parse_url("HTTP://Example.com:9001/ml/v4?version=2026-01-01&a=b").parts;
    auto const bare = parse_url("http://x").parts;
    auto const v6 = parse_url("http://[::1]:81/").parts;
    auto const query = parse_url("http://x:80?a").parts;

    REQUIRE((full && bare && v6 && query));
    CHECK(full->host == "example.com");
    CHECK(full->port == 9001);
    CHECK(full->authority == "example.com:9001");
    CHECK(full->path == "/ml/v4");
    CHECK(full->query == "version=2026-01-01&a=b");
    CHECK(bare->port == 80);
    CHECK(bare->authority == "x");
    CHECK(bare->path.empty());
    CHECK(v6->host == "::1");
    CHECK(v6->authority == "[::1]:81");
    CHECK(v6->path == "/");
    CHECK(query->authority == "x");
    CHECK(query->query == "a");
}

TEST_CASE("https is read where it is allowed", "[config]") {
    auto const plain = parse_url("https://x/a", url_schemes::http_or_https).parts.value();
    CHECK(plain.tls);
    CHECK(plain.port == 443);
    CHECK(plain.authority == "x");
    auto const other = parse_url("https://x:80", url_schemes::http_or_https).parts.value();
    CHECK(other.authority == "x:80");
    auto const open = parse_url("http://x:443", url_schemes::http_or_https).parts.value();
    CHECK_FALSE(open.tls);
    CHECK(open.authority == "x:443");
    CHECK(parse_url("ftp://x", url_schemes::http_or_https).problem == "another scheme");
}

TEST_CASE("https is refused as not built yet", "[config]") {
    CHECK(parse_url("https://x").problem == "https: TLS to upstreams is not built yet");
}

TEST_CASE("what is no such URL is refused without showing it", "[config]") {
    for (auto const* text :
         {"",
          "x",
          "//x",
          "ftp://x",
          "http://",
          "http:///p",
          "http://:80",
          "http://user:pw@x",
          "http://x#f",
          "http://x:0",
          "http://x:65536",
          "http://x:",
          "http://x:a",
          "http://[::1",
          "http://[x]",
          "http://[::1]x",
          "http://1.2.3",
          "http://1.2.3.256",
          "http://a b",
          "http://x/a b",
          "http://x/%zz",
          "http://x/%2",
          "http://x/../a",
          "http://x/%2E",
          "http://x?a b",
          "http://x/\"",
          "http://x\\y",
          "http://ü"}) {
        INFO(text);
        auto const parsed = parse_url(text);
        CHECK_FALSE(parsed.parts);
        CHECK_FALSE(parsed.problem.empty());
        CHECK(parsed.problem.find("pw") == std::string::npos);
    }
}

TEST_CASE("paths keep encoded slashes and refuse dot segments", "[config]") {
    CHECK_FALSE(path_problem("/a%2Fb//c"));
    CHECK_FALSE(path_problem("/..a/.b"));
    CHECK(path_problem("a"));
    CHECK(path_problem("/a/."));
    CHECK(path_problem("/a/.%2e/b"));
    CHECK(path_problem("/a?b"));
}
