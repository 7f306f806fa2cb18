#include "proxy/config/address.hpp"

#include <catch2/catch.hpp>

using namespace millrace::config;

TEST_CASE("an address and a port are split at the last colon", "[config]") {
    auto const v4 = parse_host_port("127.0.0.1:8080");
    auto const v6 = parse_host_port("[::1]:65535");

    REQUIRE(v4);
    CHECK(v4->host == "127.0.0.1");
    CHECK(v4->port == 8080);
    REQUIRE(v6);
    CHECK(v6->host == "::1");
    CHECK(address_text(*v6) == "[::1]:65535");
}

TEST_CASE("what is no address and port is refused", "[config]") {
    for (auto const* text :
         {"",
          ":",
          ":80",
          "host",
          "host:",
          "host:65536",
          "host:-1",
          "host:000080",
          "::1:80",
          "[::1]",
          "[::1:80",
          "[]:80",
          "[x]:80",
          "a]:80",
          "host:8 0"}) {
        INFO(text);
        CHECK_FALSE(parse_host_port(text));
    }
}

TEST_CASE("loopback is known in every spelling", "[config]") {
    for (auto const* host :
         {"127.0.0.1",
          "127.9.9.9",
          "::1",
          "0:0:0:0:0:0:0:1",
          "::ffff:127.0.0.1",
          "localhost",
          "LOCALHOST",
          "localhost."}) {
        INFO(host);
        CHECK(is_loopback(host));
    }
    CHECK_FALSE(is_loopback("128.0.0.1"));
    CHECK_FALSE(is_loopback("::2"));
    CHECK_FALSE(is_loopback("example.com"));
}

TEST_CASE("a target reaches a listener by any of its addresses", "[config]") {
    CHECK(reaches({"localhost", 9901}, {"127.0.0.1", 9901}));
    CHECK(reaches({"::1", 9901}, {"127.0.0.1", 9901}));
    CHECK(reaches({"127.0.0.1", 9901}, {"0.0.0.0", 9901}));
    CHECK(reaches({"0.0.0.0", 9901}, {"127.0.0.1", 9901}));
    CHECK(reaches({"::ffff:10.0.0.1", 9901}, {"10.0.0.1", 9901}));
    CHECK_FALSE(reaches({"127.0.0.1", 9902}, {"127.0.0.1", 9901}));
    CHECK_FALSE(reaches({"10.0.0.1", 9901}, {"127.0.0.1", 9901}));
    CHECK_FALSE(reaches({"127.0.0.1", 0}, {"127.0.0.1", 0}));
}

TEST_CASE("networks have as many bits as their family allows", "[config]") {
    CHECK(is_network("10.0.0.0/8"));
    CHECK(is_network("10.0.0.1"));
    CHECK(is_network("fd00::/128"));
    CHECK_FALSE(is_network("10.0.0.0/33"));
    CHECK_FALSE(is_network("fd00::/129"));
    CHECK_FALSE(is_network("10.0.0/8"));
    CHECK_FALSE(is_network("10.0.0.0/"));
    CHECK_FALSE(is_network("/8"));
}

TEST_CASE("host names are made of short labels", "[config]") {
    CHECK(is_host_name("a"));
    CHECK(is_host_name("my_model-1.svc.cluster.local."));
    CHECK_FALSE(is_host_name(""));
    CHECK_FALSE(is_host_name("."));
    CHECK_FALSE(is_host_name("a..b"));
    CHECK_FALSE(is_host_name("a b"));
    CHECK_FALSE(is_host_name(std::string(64, 'a')));
    CHECK_FALSE(is_host_name("münchen.de"));
}
