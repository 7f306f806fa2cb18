#include "proxy/admin/request_guard.hpp"

#include <catch2/catch.hpp>

using namespace millrace::admin;

namespace {

host_policy const on_loopback{false, false, "127.0.0.1"};
host_policy const on_every_address{false, true, "0.0.0.0"};

request from_host(std::string host) {
    request asked;
    asked.hosts = {std::move(host)};
    return asked;
}

unsigned status_of(const std::optional<answer>& refusal) {
    return refusal ? refusal->status : 200;
}

}  // namespace

TEST_CASE("a loopback listener takes loopback hosts only", "[admin][guard]") {
    for (auto const* host :
         {"localhost",
          "LocalHost:9901",
          "127.0.0.1",
          "127.0.0.1:9901",
          "127.9.9.9:1",
          "[::1]:9901",
          "[::1]"}) {
        INFO(host);
        REQUIRE(host_allowed(host, on_loopback));
    }
    for (auto const* host :
         {"",
          "evil.example",
          "evil.example:9901",
          "localhost.evil.example",
          "127.0.0.1.evil.example",
          "localhost.",
          "10.0.0.1",
          "[::2]:9901",
          "[::1",
          "[::1]x",
          "[127.0.0.1]",
          "localhost:port",
          "localhost:",
          "127.0.0.1:9901:9901",
          "0.0.0.0",
          "user@localhost",
          "127.1",
          "millrace"}) {
        INFO(host);
        REQUIRE_FALSE(host_allowed(host, on_loopback));
    }
}

TEST_CASE("a listener's own address is no foreign host", "[admin][guard]") {
    host_policy const policy{false, true, "192.0.2.7"};

    REQUIRE(host_allowed("192.0.2.7:9901", policy));
    REQUIRE(host_allowed("localhost", policy));
}

TEST_CASE("beyond loopback addresses and one-label names pass, domains do not", "[admin][guard]") {
    REQUIRE(host_allowed("10.1.2.3:9901", on_every_address));
    REQUIRE(host_allowed("[2001:db8::1]:9901", on_every_address));
    REQUIRE(host_allowed("millrace:9901", on_every_address));
    REQUIRE_FALSE(host_allowed("evil.example:9901", on_every_address));
    REQUIRE_FALSE(host_allowed("evil.", on_every_address));
}

TEST_CASE("a Unix socket takes any host", "[admin][guard]") {
    params params;
    params.unix_path = "/run/millrace.sock";

    REQUIRE(host_allowed("anything", host_policy_of(params)));
}

TEST_CASE("the policy follows from where the listener is bound", "[admin][guard]") {
    params params;
    REQUIRE_FALSE(host_policy_of(params).beyond_loopback);

    params.address = "0.0.0.0";
    REQUIRE(host_policy_of(params).beyond_loopback);

    params.address = "::1";
    REQUIRE_FALSE(host_policy_of(params).beyond_loopback);
}

TEST_CASE("exactly one Host is needed", "[admin][guard]") {
    request asked;
    REQUIRE(status_of(refuse_foreign(asked, on_loopback)) == 400);

    asked.hosts = {"localhost", "localhost"};
    REQUIRE(status_of(refuse_foreign(asked, on_loopback)) == 400);
}

TEST_CASE("a foreign Host is misdirected, any Origin is forbidden", "[admin][guard]") {
    REQUIRE(status_of(refuse_foreign(from_host("localhost"), on_loopback)) == 200);
    REQUIRE(status_of(refuse_foreign(from_host("evil.example"), on_loopback)) == 421);

    auto from_page = from_host("localhost");
    from_page.has_origin = true;
    REQUIRE(status_of(refuse_foreign(from_page, on_loopback)) == 403);
}

TEST_CASE("a token is what the only bearer field carries", "[admin][guard]") {
    auto const with = [](std::vector<std::string> authorizations) {
        request asked;
        asked.authorizations = std::move(authorizations);
        return asked;
    };

    REQUIRE(bearer_token(with({"Bearer abcdefghijklmnop"})) == "abcdefghijklmnop");
    REQUIRE(bearer_token(with({"bearer  abcdefghijklmnop "})) == "abcdefghijklmnop");
    for (auto const* given :
         {"", "Bearer", "Bearer ", "Basic abcdefghijklmnop", "abcdefghijklmnop"}) {
        INFO(given);
        REQUIRE(bearer_token(with({given})).empty());
    }
    REQUIRE(bearer_token(with({})).empty());
    REQUIRE(bearer_token(with({"Bearer abcdefghijklmnop", "Bearer abcdefghijklmnop"})).empty());
}

TEST_CASE("who is not known is asked for a token", "[admin][guard]") {
    auto const given = unauthorized_answer();

    REQUIRE(given.status == 401);
    REQUIRE(given.challenge);
}

TEST_CASE("a change must be JSON", "[admin][guard]") {
    request asked;
    REQUIRE(status_of(refuse_media_type(asked)) == 415);

    for (auto const* type :
         {"text/plain", "application/x-www-form-urlencoded", "application/jsonp"}) {
        asked.content_type = type;
        REQUIRE(status_of(refuse_media_type(asked)) == 415);
    }
    for (auto const* type : {"application/json", "Application/JSON ; charset=utf-8"}) {
        asked.content_type = type;
        REQUIRE_FALSE(refuse_media_type(asked));
    }
}

TEST_CASE("the comparison in constant time compares", "[admin][guard]") {
    REQUIRE(equal_in_constant_time("", ""));
    REQUIRE(equal_in_constant_time("abc", "abc"));
    REQUIRE_FALSE(equal_in_constant_time("abc", "abd"));
    REQUIRE_FALSE(equal_in_constant_time("abc", "ab"));
    REQUIRE_FALSE(equal_in_constant_time("\x80", "\x00"));
}
