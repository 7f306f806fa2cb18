#include "proxy/http/head.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <utility>

using millrace::field;
using millrace::field_id;
using namespace millrace::http;  // NOLINT(google-build-using-namespace): every line here needs it

TEST_CASE("methods are known by their exact name", "[http][head]") {
    constexpr std::array<std::pair<std::string_view, method>, 9> names{{
        {"GET", method::get},
        {"HEAD", method::head},
        {"POST", method::post},
        {"PUT", method::put},
        {"DELETE", method::del},
        {"OPTIONS", method::options},
        {"PATCH", method::patch},
        {"CONNECT", method::connect},
        {"TRACE", method::trace},
    }};
    for (auto const& [name, expected] : names) {
        CAPTURE(name);
        CHECK(method_of(name) == expected);
        CHECK(method_of(name.substr(1)) == method::other);
    }
    for (auto const* name : {"", "get", "Get", "GETS", "PROPFIND", "connect", "M-SEARCH"}) {
        CAPTURE(name);
        CHECK(method_of(name) == method::other);
    }
}

TEST_CASE("what may be sent twice follows RFC 9110", "[http][head]") {
    for (auto const m :
         {method::get, method::head, method::put, method::del, method::options, method::trace}) {
        CHECK(is_idempotent(m));
    }
    for (auto const m : {method::post, method::patch, method::connect, method::other}) {
        CHECK_FALSE(is_idempotent(m));
    }
}

TEST_CASE("a body is empty when there is none or its length is zero", "[http][head]") {
    CHECK(body_length{}.empty());
    CHECK(body_length{body_length::kind::known, 0}.empty());
    CHECK_FALSE(body_length{body_length::kind::known, 1}.empty());
    CHECK_FALSE(body_length{body_length::kind::unknown, 0}.empty());
}

TEST_CASE("the first value of a field is found by its id", "[http][head]") {
    std::vector<field> const fields{
        {"X-A", "0"}, {"Via", "1", field_id::via}, {"via", "2", field_id::via}};

    CHECK(value_of(fields, field_id::via) == "1");
    CHECK(value_of(fields, field_id::cookie).empty());
    CHECK(value_of({}, field_id::via).empty());
}

TEST_CASE("only 1xx but 101 are interim answers", "[http][head]") {
    for (std::uint16_t status = 100; status < 600; ++status) {
        response_head head;
        head.status = status;
        CAPTURE(status);
        CHECK(head.is_interim() == (status < 200 && status != 101));
    }
}
