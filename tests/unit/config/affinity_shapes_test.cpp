#include "tests/unit/config/load_support.hpp"

#include <catch2/catch.hpp>

using namespace millrace;
using namespace millrace::config;
using namespace millrace::config::test;
using kind = enum routing::affinity_params::kind;

namespace {

std::string with_affinity(const std::string& value) {
    return with_route("backend_refs: [{backend: a}], affinity: " + value);
}

routing::affinity_params affinity_of(const std::string& value) {
    return loaded(with_affinity(value)).table.routes.at(0).affinity;
}

}  // namespace

TEST_CASE("a route without affinity draws each request", "[config]") {
    CHECK(loaded(with_basics("")).table.routes[0].affinity.kind == kind::none);
}

TEST_CASE("each kind of affinity is read", "[config]") {
    CHECK(affinity_of("{header: x-user}").kind == kind::header);
    CHECK(affinity_of("{header: x-user}").name == "x-user");
    CHECK(affinity_of("{query: user}").kind == kind::query);
    CHECK(affinity_of("{cookie: mill}").kind == kind::cookie);
    CHECK(affinity_of("{cookie: mill}").name == "mill");
    CHECK(affinity_of("{client_ip: true}").kind == kind::client_ip);
    CHECK(affinity_of("{trace_id: true}").kind == kind::trace_id);
}

TEST_CASE("a cookie has attributes", "[config]") {
    auto const cookie = affinity_of(
        "{cookie: {name: c, max_age: 30d, path: /x, same_site: None, secure: true, http_only: "
        "false}}"
    );

    CHECK(cookie.name == "c");
    CHECK(cookie.cookie_max_age == std::chrono::hours{24 * 30});
    CHECK(cookie.cookie_path == "/x");
    CHECK(cookie.cookie_same_site == "None");
    CHECK(cookie.cookie_secure);
    CHECK_FALSE(cookie.cookie_http_only);
}

TEST_CASE("an affinity is exactly one of its kinds", "[config]") {
    CHECK(
        errors_of(with_affinity("{header: a, query: b}")) ==
        "f:4:65: routes[0].affinity.query: expected only one of header, cookie, query, client_ip "
        "or trace_id, got 'header' and 'query'\n"
    );
    CHECK(
        errors_of(with_affinity("{}")) ==
        "f:4:53: routes[0].affinity: expected one of header, cookie, query, client_ip or "
        "trace_id, got none\n"
    );
    CHECK(
        errors_of(with_affinity("{client_ip: false}")) ==
        "f:4:65: routes[0].affinity.client_ip: expected true, got false\n"
    );
}

TEST_CASE("cookies that browsers would refuse are refused", "[config]") {
    CHECK(
        errors_of(with_affinity("{cookie: {name: c, same_site: None}}")) ==
        "f:4:62: routes[0].affinity.cookie: expected secure: true beside same_site: None, got "
        "false\n"
    );
    CHECK_FALSE(errors_of(with_affinity("{cookie: 'a b'}")).empty());
    CHECK_FALSE(errors_of(with_affinity("{cookie: {name: a, path: 'x;y'}}")).empty());
    CHECK_FALSE(errors_of(with_affinity("{cookie: {name: a, max_age: 10ms}}")).empty());
}
