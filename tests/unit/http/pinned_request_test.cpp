#include "proxy/http/pinned_request.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>

using millrace::field_id;
using namespace millrace::http;  // NOLINT(google-build-using-namespace): every line here needs it

TEST_CASE("a pinned request outlives the memory that it was read from", "[http][pinned_request]") {
    std::string text = "PUT/a?bhostwebsocketViaxbody";
    std::string_view const all{text};
    request_head head;
    head.method = method::put;
    head.method_name = all.substr(0, 3);
    head.target = all.substr(3, 4);
    head.path = all.substr(3, 2);
    head.query = all.substr(6, 1);
    head.authority = all.substr(7, 4);
    head.upgrade = all.substr(11, 9);
    head.fields = {{all.substr(20, 3), all.substr(23, 1), field_id::via}};
    head.body = {body_length::kind::known, 9};
    head.expects_continue = true;

    pinned_request const pinned{head, all.substr(24)};
    text.assign(text.size(), '!');

    CHECK(pinned.head().method == method::put);
    CHECK(pinned.head().method_name == "PUT");
    CHECK(pinned.head().target == "/a?b");
    CHECK(pinned.head().authority == "host");
    CHECK(pinned.head().upgrade == "websocket");
    REQUIRE(pinned.head().fields.size() == 1);
    CHECK(pinned.head().fields[0].name == "Via");
    CHECK(pinned.head().fields[0].value == "x");
    CHECK(pinned.head().fields[0].id == field_id::via);
    CHECK(pinned.head().body.bytes == 9);
    CHECK(pinned.head().expects_continue);
    CHECK(pinned.first() == "body");
}

TEST_CASE("parts of the target that nobody keeps do not dangle", "[http][pinned_request]") {
    request_head head;
    head.method_name = "GET";
    head.target = "/a?b";
    head.path = head.target.substr(0, 2);
    head.query = head.target.substr(3);

    pinned_request const pinned{head, ""};

    CHECK(pinned.head().path.empty());
    CHECK(pinned.head().query.empty());
    CHECK(pinned.first().empty());
}

TEST_CASE("a pinned request can be moved", "[http][pinned_request]") {
    request_head head;
    head.method_name = "GET";
    head.target = "/";
    pinned_request first{head, "body"};

    pinned_request const second{std::move(first)};

    CHECK(second.head().target == "/");
    CHECK(second.first() == "body");
}

TEST_CASE("a request without anything optional can be pinned", "[http][pinned_request]") {
    pinned_request const pinned{request_head{}, {}};

    CHECK(pinned.head().upgrade.empty());
    CHECK(pinned.head().fields.empty());
}
