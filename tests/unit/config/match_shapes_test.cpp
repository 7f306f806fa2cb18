#include "tests/unit/config/load_support.hpp"

#include <catch2/catch.hpp>

using namespace millrace;
using namespace millrace::config;
using namespace millrace::config::test;

namespace {

// The value stands from column 50 on.
std::string with_match(const std::string& value) {
    return with_route("backend_refs: [{backend: a}], match: " + value);
}

routing::match_params match_of(const std::string& value) {
    return loaded(with_match(value)).table.routes.at(0).match;
}

}  // namespace

TEST_CASE("each way to match a path is read", "[config]") {
    using path_kind = routing::match_params::path_kind;

    CHECK(match_of("{}").path == path_kind::any);
    CHECK(match_of("{path: /a}").path == path_kind::exact);
    CHECK(match_of("{path_prefix: /a}").path == path_kind::prefix);
    CHECK(match_of("{path_regex: '/a[0-9]'}").path == path_kind::regex);
    CHECK(match_of("{path_regex: '/a[0-9]'}").path_value == "/a[0-9]");
    CHECK(
        errors_of(with_match("{path: /a, path_prefix: /b}")) ==
        "f:4:61: routes[0].match.path_prefix: expected only one of path, path_prefix or "
        "path_regex, got 'path' and 'path_prefix'\n"
    );
}

TEST_CASE("hosts are stored in lower case and have no port", "[config]") {
    CHECK(match_of("{host: Example.COM}").host == "example.com");
    CHECK(match_of("{host: '*.example.com'}").host == "*.example.com");
    CHECK(match_of("{host: '[::1]'}").host == "[::1]");
    CHECK(
        errors_of(with_match("{host: 'example.com:80'}")) ==
        "f:4:57: routes[0].match.host: expected a host name without port, such as example.com or "
        "*.example.com, got 'example.com:80'\n"
    );
    CHECK_FALSE(errors_of(with_match("{host: 'a.*.b'}")).empty());
    CHECK_FALSE(errors_of(with_match("{host: 'a..b'}")).empty());
}

TEST_CASE("paths that no request can have are refused", "[config]") {
    CHECK(
        errors_of(with_match("{path: a}")) ==
        "f:4:57: routes[0].match.path: expected a path such as /score/risk, got 'a'\n"
    );
    CHECK(
        errors_of(with_match("{path_prefix: /a/%2e%2E/b}")) ==
        "f:4:64: routes[0].match.path_prefix: expected a path such as /score/risk, got a path "
        "with a dot segment\n"
    );
    CHECK(errors_of(with_match("{path: /a%2Fb}")).empty());
}

TEST_CASE("methods are one or several tokens", "[config]") {
    CHECK(match_of("{method: POST}").methods == std::vector<std::string>{"POST"});
    CHECK(match_of("{method: [GET, HEAD]}").methods.size() == 2);
    CHECK_FALSE(errors_of(with_match("{method: 'G T'}")).empty());
}

TEST_CASE("header and query conditions are read in every form", "[config]") {
    using kind = enum routing::value_match::kind;
    auto const match = match_of(
        "{headers: {x-a: v, x-b: {exact: w}, x-c: {prefix: p}, x-d: {regex: 'r+'}, x-e: {present: "
        "true}}, "
        "query: {version: '2026-01-01', empty: ''}}"
    );

    REQUIRE(match.headers.size() == 5);
    CHECK(match.headers[0].kind == kind::exact);
    CHECK(match.headers[0].name == "x-a");
    CHECK(match.headers[0].value == "v");
    CHECK(match.headers[1].kind == kind::exact);
    CHECK(match.headers[2].kind == kind::prefix);
    CHECK(match.headers[3].kind == kind::regex);
    CHECK(match.headers[4].kind == kind::present);
    REQUIRE(match.query.size() == 2);
    CHECK(match.query[1].value.empty());
}

TEST_CASE("a broken regular expression is told where it stands", "[config]") {
    CHECK(
        errors_of(with_match("{path_regex: '/(a'}")) ==
        "f:4:63: routes[0].match.path_regex: expected a regular expression of RE2, got '/(a': "
        "missing ): /(a\n"
    );
    CHECK(
        errors_of(with_match("{headers: {x: {regex: '(?<=a)'}}}"))
            .find("f:4:72: routes[0].match.headers.x.regex: expected a regular expression of RE2"
            ) == 0
    );
}

TEST_CASE("a condition says exactly one thing", "[config]") {
    CHECK(
        errors_of(with_match("{query: {v: {present: false}}}")) ==
        "f:4:72: routes[0].match.query.v.present: expected true, got false\n"
    );
    CHECK(
        errors_of(with_match("{query: {v: {prefx: a}}}")).find("did you mean 'prefix'?") !=
        std::string::npos
    );
    CHECK(
        errors_of(with_match("{query: {v: 1}}")) ==
        "f:4:62: routes[0].match.query.v: expected a value, got the number 1; did you mean "
        "'\"1\"'?\n"
    );
}
