#include "proxy/http/field_names.hpp"

#include "proxy/base/ascii.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>

using millrace::field_id;
using namespace millrace::http;  // NOLINT(google-build-using-namespace): every line here needs it

namespace {

constexpr std::array<std::pair<std::string_view, field_id>, 28> known{{
    {"Authorization", field_id::authorization},
    {"Connection", field_id::connection},
    {"Content-Length", field_id::content_length},
    {"Cookie", field_id::cookie},
    {"Date", field_id::date},
    {"Expect", field_id::expect},
    {"Forwarded", field_id::forwarded},
    {"Host", field_id::host},
    {"HTTP2-Settings", field_id::http2_settings},
    {"Keep-Alive", field_id::keep_alive},
    {"Max-Forwards", field_id::max_forwards},
    {"Proxy-Authorization", field_id::proxy_authorization},
    {"Proxy-Connection", field_id::proxy_connection},
    {"Server", field_id::server},
    {"Set-Cookie", field_id::set_cookie},
    {"TE", field_id::te},
    {"Traceparent", field_id::traceparent},
    {"Tracestate", field_id::tracestate},
    {"Trailer", field_id::trailer},
    {"Transfer-Encoding", field_id::transfer_encoding},
    {"Upgrade", field_id::upgrade},
    {"Via", field_id::via},
    {"X-Forwarded-For", field_id::x_forwarded_for},
    {"X-Forwarded-Host", field_id::x_forwarded_host},
    {"X-Forwarded-Proto", field_id::x_forwarded_proto},
    {"X-Millrace-Id", field_id::x_millrace_id},
    {"X-Millrace-Version", field_id::x_millrace_version},
    {"X-Request-Id", field_id::x_request_id},
}};

std::string uppered(std::string_view text) {
    std::string out{text};
    std::transform(out.begin(), out.end(), out.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 0x20) : c;
    });
    return out;
}

template <class Predicate>
std::set<field_id> ids_that(Predicate&& holds) {
    std::set<field_id> ids;
    for (auto const& [name, id] : known) {
        if (holds(id)) {
            ids.insert(id);
        }
    }
    return ids;
}

}  // namespace

TEST_CASE("known names are found in any case of letters", "[http][field_names]") {
    for (auto const& [name, id] : known) {
        CAPTURE(name);
        CHECK(field_id_of(name) == id);
        CHECK(field_id_of(millrace::ascii::lowered(name)) == id);
        CHECK(field_id_of(uppered(name)) == id);
    }
}

TEST_CASE("a name that differs by one byte is another field", "[http][field_names]") {
    for (auto const& [name, id] : known) {
        std::string const text{name};
        CAPTURE(text);
        CHECK(field_id_of(text + "x") == field_id::other);
        CHECK(field_id_of("x" + text) == field_id::other);
        CHECK(field_id_of(text.substr(1)) == field_id::other);
        for (std::size_t i = 0; i < text.size(); ++i) {
            auto changed = text;
            changed[i] = changed[i] == '_' ? '.' : '_';
            CHECK(field_id_of(changed) == field_id::other);
        }
    }
    CHECK(field_id_of("") == field_id::other);
    CHECK(field_id_of(std::string(1'000, 'h')) == field_id::other);
    // A locale's or Unicode's idea of case must not matter: '\xC9' | 0x20 is another byte.
    CHECK(field_id_of("\xe8ost") == field_id::other);
}

TEST_CASE("fields of one connection never pass a gateway", "[http][field_names]") {
    CHECK(
        ids_that(is_connection_specific) ==
        std::set{
            field_id::connection,
            field_id::keep_alive,
            field_id::proxy_connection,
            field_id::te,
            field_id::trailer,
            field_id::transfer_encoding,
            field_id::upgrade,
            field_id::http2_settings,
            field_id::proxy_authorization}
    );
    CHECK_FALSE(is_connection_specific(field_id::other));
}

TEST_CASE("framing, routing and credentials stay out of trailers", "[http][field_names]") {
    for (auto const id :
         {field_id::host,
          field_id::content_length,
          field_id::transfer_encoding,
          field_id::connection,
          field_id::te,
          field_id::trailer,
          field_id::upgrade,
          field_id::authorization,
          field_id::proxy_authorization,
          field_id::cookie,
          field_id::set_cookie,
          field_id::expect,
          field_id::max_forwards,
          field_id::forwarded,
          field_id::x_forwarded_for,
          field_id::x_millrace_id}) {
        CAPTURE(static_cast<int>(id));
        CHECK(is_forbidden_in_trailers(id));
    }
    CHECK_FALSE(is_forbidden_in_trailers(field_id::other));
    CHECK_FALSE(is_forbidden_in_trailers(field_id::date));
}

TEST_CASE("Connection cannot take away host, framing and credentials", "[http][field_names]") {
    CHECK(
        ids_that(is_protected_from_connection) ==
        std::set{
            field_id::host,
            field_id::content_length,
            field_id::transfer_encoding,
            field_id::authorization,
            field_id::cookie}
    );
}
