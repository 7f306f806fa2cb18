#include "proxy/net/address.hpp"

#include <catch2/catch.hpp>

#include <cstring>
#include <string>

using millrace::net::address;
using millrace::net::network;

namespace {

address make(const char* text, std::uint16_t port = 0) {
    return address::parse(text, port).value();
}

bool holds(const char* in, const char* who) {
    return network::parse(in).value().contains(make(who));
}

}  // namespace

TEST_CASE("addresses of both families are parsed", "[net][address]") {
    auto const v4 = make("192.0.2.7", 8080);
    CHECK(v4.family() == AF_INET);
    CHECK(v4.port() == 8080);
    CHECK(v4.host_text() == "192.0.2.7");
    CHECK(v4.size() == sizeof(sockaddr_in));

    auto const v6 = make("2001:db8::7", 443);
    CHECK(v6.family() == AF_INET6);
    CHECK(v6.port() == 443);
    CHECK(v6.host_text() == "2001:db8::7");
    CHECK(v6.size() == sizeof(sockaddr_in6));
}

TEST_CASE("names, brackets and ports are no addresses", "[net][address]") {
    for (auto const* text :
         {"",
          "localhost",
          "[::1]",
          "127.0.0.1:80",
          "1.2.3",
          "1.2.3.4.5",
          "256.1.1.1",
          "::1%lo",
          "01.2.3.4",
          "1.2.3.4 ",
          " 1.2.3.4",
          "12345::",
          "1:2:3:4:5:6:7:8:9"}) {
        CAPTURE(text);
        CHECK_FALSE(address::parse(text, 1).has_value());
    }
}

TEST_CASE("an IPv4 address mapped into IPv6 is shown as the IPv4 one", "[net][address]") {
    CHECK(make("::ffff:192.0.2.7").host_text() == "192.0.2.7");
    CHECK(make("::192.0.2.7").host_text() != "192.0.2.7");
}

TEST_CASE("a port can be changed without touching the rest", "[net][address]") {
    for (auto const* text : {"127.0.0.1", "::1"}) {
        auto const changed = make(text, 1).with_port(65'535);
        CHECK(changed.port() == 65'535);
        CHECK(changed.host_text() == text);
        CHECK(changed.with_port(1) == make(text, 1));
        CHECK_FALSE(changed == make(text, 1));
    }
}

TEST_CASE("addresses are equal when family, host and port are", "[net][address]") {
    CHECK(make("127.0.0.1", 1) == make("127.0.0.1", 1));
    CHECK_FALSE(make("127.0.0.1", 1) == make("127.0.0.2", 1));
    CHECK_FALSE(make("127.0.0.1", 1) == make("::ffff:127.0.0.1", 1));
    CHECK_FALSE(make("::1", 1) == make("::2", 1));
}

TEST_CASE("the system's form of an address is taken over", "[net][address]") {
    for (auto const* text : {"10.1.2.3", "2001:db8::1"}) {
        auto const original = make(text, 77);
        sockaddr_storage raw{};
        std::memcpy(&raw, original.data(), original.size());

        CHECK(address::from(raw) == original);
    }
}

TEST_CASE("a network holds the addresses with its prefix", "[net][address]") {
    CHECK(holds("10.0.0.0/8", "10.255.255.255"));
    CHECK_FALSE(holds("10.0.0.0/8", "11.0.0.0"));
    CHECK(holds("192.168.4.0/22", "192.168.7.255"));
    CHECK_FALSE(holds("192.168.4.0/22", "192.168.8.0"));
    CHECK(holds("0.0.0.0/0", "255.1.2.3"));
    CHECK(holds("192.0.2.7/32", "192.0.2.7"));
    CHECK_FALSE(holds("192.0.2.7/32", "192.0.2.6"));
    CHECK(holds("2001:db8::/33", "2001:db8:7fff::1"));
    CHECK_FALSE(holds("2001:db8::/33", "2001:db8:8000::1"));
    CHECK(holds("::/0", "::1"));
}

TEST_CASE("a network without a slash is a single address", "[net][address]") {
    CHECK(holds("192.0.2.7", "192.0.2.7"));
    CHECK_FALSE(holds("192.0.2.7", "192.0.2.8"));
    CHECK(holds("::1", "::1"));
    CHECK_FALSE(holds("::1", "::2"));
}

TEST_CASE("an IPv4 network holds mapped addresses and no other IPv6 ones", "[net][address]") {
    CHECK(holds("10.0.0.0/8", "::ffff:10.1.2.3"));
    CHECK_FALSE(holds("10.0.0.0/8", "::10.1.2.3"));
    CHECK_FALSE(holds("0.0.0.0/0", "2001:db8::1"));
}

TEST_CASE("malformed networks are refused", "[net][address]") {
    for (auto const* text :
         {"",
          "/8",
          "10.0.0.0/",
          "10.0.0.0/33",
          "10.0.0.0/-1",
          "10.0.0.0/8x",
          "10.0.0.0/8/8",
          "::/129",
          "localhost/8",
          "10.0.0/8",
          "10.0.0.0 /8",
          "10.0.0.0/ 8"}) {
        CAPTURE(text);
        CHECK_FALSE(network::parse(text).has_value());
    }
}
