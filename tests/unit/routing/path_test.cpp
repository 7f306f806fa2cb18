#include "proxy/routing/path.hpp"

#include <catch2/catch.hpp>

namespace millrace::routing {

namespace {

using kind = match_params::path_kind;

std::string mapped(const target_parts& parts) {
    std::string target;
    map_target(target, parts);
    return target;
}

std::string under_prefix(
    std::string_view prefix, std::string_view url_path, std::string_view path
) {
    return mapped({kind::prefix, prefix, path, {}, url_path, {}});
}

std::string with_query(std::optional<std::string_view> query, std::string_view url_query) {
    return mapped({kind::any, {}, "/a", query, {}, url_query});
}

}  // namespace

TEST_CASE("ordinary paths are let through", "[routing]") {
    auto const path = GENERATE(
        as<std::string_view>{},
        "/",
        "/a/b",
        "//",
        "/a//b/",
        "/a%2Fb",
        "/a%2fb%2F",
        "/v1.0/model.json",
        "/...",
        "/.well-known/x",
        "/..a",
        "/a..",
        "/%2e%2e%2e",
        "/a;b=..",
        "/%0d%0a",
        "/a%00",
        "/%252e%252e/",
        "/\xc3\xa4",
        "*"
    );

    CAPTURE(path);
    CHECK(is_unambiguous_path(path));
}

TEST_CASE("dot segments are refused in every disguise", "[routing]") {
    auto const path = GENERATE(
        as<std::string_view>{},
        "/.",
        "/..",
        "/a/./b",
        "/a/../b",
        "/a/..",
        "/%2e",
        "/.%2E/",
        "/%2e%2e/b",
        "/%2E./b",
        "/..;x",
        "/..;x=1/b",
        "/.;/b",
        "/%2e%2e%3bx/b",
        "/a/..%2fb",
        "/a%2f..%2Fb",
        "/a%2f..",
        "/a/..%5cb",
        "/%5c../b"
    );

    CAPTURE(path);
    CHECK_FALSE(is_unambiguous_path(path));
}

TEST_CASE("malformed paths are refused", "[routing]") {
    auto const path = GENERATE(
        as<std::string_view>{},
        "",
        "a",
        "**",
        "/%",
        "/%2",
        "/%zz",
        "/%2g",
        "/a\\b",
        "/a b",
        "/a\tb",
        "/a\x7f",
        std::string_view{"/\0", 2}
    );

    CAPTURE(path);
    CHECK_FALSE(is_unambiguous_path(path));
}

TEST_CASE("the URL's path replaces an exact path as a whole", "[routing]") {
    CHECK(
        mapped({kind::exact, "/score", "/score", {}, "/v4/x/predictions", {}}) ==
        "/v4/x/predictions"
    );
    CHECK(mapped({kind::exact, "/score", "/score", {}, "", {}}) == "/score");
    CHECK(mapped({kind::exact, "/score", "/score", {}, "/", {}}) == "/");
}

TEST_CASE("the URL's path replaces the matched prefix", "[routing]") {
    CHECK(under_prefix("/foo", "/bar", "/foo") == "/bar");
    CHECK(under_prefix("/foo", "/bar", "/foo/") == "/bar/");
    CHECK(under_prefix("/foo", "/bar", "/foo/x") == "/bar/x");
    CHECK(under_prefix("/foo", "/bar/", "/foo") == "/bar/");
    CHECK(under_prefix("/foo", "/bar/", "/foo/x") == "/bar/x");
    CHECK(under_prefix("/foo/", "/bar", "/foo/x") == "/bar/x");
    CHECK(under_prefix("/foo/", "/bar", "/foo/") == "/bar/");
    CHECK(under_prefix("/foo/", "/bar/", "/foo/x") == "/bar/x");
    CHECK(under_prefix("/", "/bar", "/x") == "/bar/x");
    CHECK(under_prefix("/", "/bar/", "/") == "/bar/");
}

TEST_CASE("slashes that the client doubled stay doubled", "[routing]") {
    CHECK(under_prefix("/foo", "/bar", "/foo//x") == "/bar//x");
    CHECK(under_prefix("/foo", "/bar/", "/foo//x") == "/bar//x");
    CHECK(under_prefix("/", "/bar", "//x") == "/bar//x");
    CHECK(under_prefix("/", "", "//x//") == "//x//");
}

TEST_CASE("a URL without a path changes nothing under a prefix", "[routing]") {
    CHECK(under_prefix("/foo", "", "/foo/x%2Fy") == "/foo/x%2Fy");
    CHECK(under_prefix("/foo", "/", "/foo/x") == "/foo/x");
    CHECK(under_prefix("/foo/", "/", "/foo/") == "/foo/");
}

TEST_CASE("under an expression or no path the URL's path stands in front", "[routing]") {
    CHECK(mapped({kind::regex, "/v[0-9]/.*", "/v1/x", {}, "/base", {}}) == "/base/v1/x");
    CHECK(mapped({kind::any, {}, "/x", {}, "/base/", {}}) == "/base/x");
    CHECK(mapped({kind::any, {}, "/x", {}, "/", {}}) == "/x");
}

TEST_CASE("the target of a request for the whole server stays", "[routing]") {
    CHECK(mapped({kind::any, {}, "*", {}, "/base", "v=1"}) == "*");
}

TEST_CASE("a query goes on byte for byte when the URL has none", "[routing]") {
    CHECK(with_query(std::nullopt, "") == "/a");
    CHECK(with_query("", "") == "/a?");
    CHECK(with_query("b=%zz&&a=1+2&", "") == "/a?b=%zz&&a=1+2&");
}

TEST_CASE("the URL's parameters replace the client's of the same name", "[routing]") {
    CHECK(with_query(std::nullopt, "version=1") == "/a?version=1");
    CHECK(with_query("", "version=1") == "/a?version=1");
    CHECK(with_query("version=9", "version=1") == "/a?version=1");
    CHECK(with_query("a=1&version=9&b=2&version=8", "version=1") == "/a?a=1&b=2&version=1");
    CHECK(with_query("%76ersion=9&a=1", "version=1") == "/a?a=1&version=1");
    CHECK(with_query("a+b=9", "a%20b=1") == "/a?a%20b=1");
    CHECK(with_query("version", "version=1") == "/a?version=1");
    CHECK(with_query("versions=9&Version=8", "version=1") == "/a?versions=9&Version=8&version=1");
    CHECK(with_query("x=1&y=2&z=3", "y=8&x=9") == "/a?z=3&y=8&x=9");
}

TEST_CASE("other parameters stay in order and unchanged", "[routing]") {
    CHECK(with_query("b=%2F&&a=x+y&b=%zz", "v=1") == "/a?b=%2F&&a=x+y&b=%zz&v=1");
    CHECK(with_query("=1&a", "v=1") == "/a?=1&a&v=1");
}

}  // namespace millrace::routing
