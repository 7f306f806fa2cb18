#include "proxy/routing/matcher.hpp"

#include <catch2/catch.hpp>

namespace millrace::routing {

namespace {

using path_kind = match_params::path_kind;
using value_kind = enum value_match::kind;

bool takes(const match_params& params, const request_view& request) {
    std::vector<std::string> errors;
    auto const made = matcher::compile(params, errors);
    REQUIRE(made.has_value());
    return made->matches(request);
}

bool takes_path(path_kind kind, const std::string& value, std::string_view path) {
    match_params params;
    params.path = kind;
    params.path_value = value;
    request_view request;
    request.path = path;
    return takes(params, request);
}

bool takes_host(const std::string& pattern, std::string_view host) {
    match_params params;
    params.host = pattern;
    request_view request;
    request.host = host;
    request.path = "/";
    return takes(params, request);
}

bool takes_fields(const value_match& wanted, const std::vector<field>& fields) {
    match_params params;
    params.headers = {wanted};
    request_view request;
    request.path = "/";
    request.fields = fields;
    return takes(params, request);
}

bool takes_query(const value_match& wanted, std::string_view query) {
    match_params params;
    params.query = {wanted};
    request_view request;
    request.path = "/";
    request.query = query;
    return takes(params, request);
}

}  // namespace

TEST_CASE("no conditions take everything", "[routing]") {
    CHECK(takes({}, {}));
    CHECK(takes_path(path_kind::any, "", "*"));
}

TEST_CASE("an exact path takes that path only", "[routing]") {
    CHECK(takes_path(path_kind::exact, "/foo", "/foo"));
    CHECK_FALSE(takes_path(path_kind::exact, "/foo", "/foo/"));
    CHECK_FALSE(takes_path(path_kind::exact, "/foo", "/Foo"));
    CHECK_FALSE(takes_path(path_kind::exact, "/foo", "/%66oo"));
}

TEST_CASE("a prefix takes whole segments", "[routing]") {
    CHECK(takes_path(path_kind::prefix, "/foo", "/foo"));
    CHECK(takes_path(path_kind::prefix, "/foo", "/foo/"));
    CHECK(takes_path(path_kind::prefix, "/foo", "/foo/x"));
    CHECK(takes_path(path_kind::prefix, "/foo", "/foo//x"));
    CHECK_FALSE(takes_path(path_kind::prefix, "/foo", "/foobar"));
    CHECK_FALSE(takes_path(path_kind::prefix, "/foo", "/fo"));
    CHECK_FALSE(takes_path(path_kind::prefix, "/foo", "/foo%2Fx"));
    CHECK_FALSE(takes_path(path_kind::prefix, "/foo", "//foo"));
}

TEST_CASE("a prefix with a slash at its end wants it", "[routing]") {
    CHECK(takes_path(path_kind::prefix, "/foo/", "/foo/"));
    CHECK(takes_path(path_kind::prefix, "/foo/", "/foo/x"));
    CHECK_FALSE(takes_path(path_kind::prefix, "/foo/", "/foo"));
    CHECK(takes_path(path_kind::prefix, "/", "/x"));
    CHECK(takes_path(path_kind::prefix, "/", "//"));
    CHECK_FALSE(takes_path(path_kind::prefix, "/", "*"));
}

TEST_CASE("an expression takes whole paths", "[routing]") {
    CHECK(takes_path(path_kind::regex, "/v[0-9]+/.*", "/v2/x"));
    CHECK_FALSE(takes_path(path_kind::regex, "/v[0-9]+", "/v2/x"));
}

TEST_CASE("hosts match in any case and with any port", "[routing]") {
    CHECK(takes_host("example.com", "example.com"));
    CHECK(takes_host("example.com", "EXAMPLE.com:8080"));
    CHECK_FALSE(takes_host("example.com", "www.example.com"));
    CHECK_FALSE(takes_host("example.com", ""));
    CHECK(takes_host("[::1]", "[::1]:80"));
    CHECK(takes_host("[::1]", "[::1]"));
    CHECK(takes_host("", ""));
}

TEST_CASE("a star takes any subdomain but not the domain", "[routing]") {
    CHECK(takes_host("*.example.com", "a.example.com"));
    CHECK(takes_host("*.example.com", "A.b.Example.com:1"));
    CHECK_FALSE(takes_host("*.example.com", "example.com"));
    CHECK_FALSE(takes_host("*.example.com", ".example.com"));
    CHECK_FALSE(takes_host("*.example.com", "badexample.com"));
}

TEST_CASE("the port is cut off an authority", "[routing]") {
    CHECK(bare_host("a:1") == "a");
    CHECK(bare_host("a") == "a");
    CHECK(bare_host("[::1]:1") == "[::1]");
    CHECK(bare_host("").empty());
    CHECK(bare_host("[::1") == "[");
}

TEST_CASE("a method is compared exactly", "[routing]") {
    match_params params;
    params.methods = {"GET", "HEAD"};
    request_view request;
    request.path = "/";

    request.method = "HEAD";
    CHECK(takes(params, request));
    request.method = "head";
    CHECK_FALSE(takes(params, request));
    request.method = "POST";
    CHECK_FALSE(takes(params, request));
}

TEST_CASE("a header must be there, be equal, begin or match", "[routing]") {
    std::vector<field> const fields{{"X-Tier", "gold-1"}};

    CHECK(takes_fields({"x-tier", value_kind::present, ""}, fields));
    CHECK_FALSE(takes_fields({"x-tie", value_kind::present, ""}, fields));
    CHECK(takes_fields({"x-tier", value_kind::exact, "gold-1"}, fields));
    CHECK_FALSE(takes_fields({"x-tier", value_kind::exact, "gold"}, fields));
    CHECK_FALSE(takes_fields({"x-tier", value_kind::exact, "Gold-1"}, fields));
    CHECK(takes_fields({"x-tier", value_kind::prefix, "gold"}, fields));
    CHECK_FALSE(takes_fields({"x-tier", value_kind::prefix, "old"}, fields));
    CHECK(takes_fields({"x-tier", value_kind::regex, "gold-[0-9]"}, fields));
    CHECK_FALSE(takes_fields({"x-tier", value_kind::regex, "gold"}, fields));
}

TEST_CASE("of a header that comes twice either may match", "[routing]") {
    std::vector<field> const fields{{"x-tier", "silver"}, {"x-tier", "gold"}};

    CHECK(takes_fields({"x-tier", value_kind::exact, "gold"}, fields));
    CHECK_FALSE(takes_fields({"x-tier", value_kind::exact, "silver, gold"}, fields));
}

TEST_CASE("a query parameter must be there, be equal, begin or match, decoded", "[routing]") {
    std::string_view const query = "a=1&mod%65l=x+y%21&flag";

    CHECK(takes_query({"flag", value_kind::present, ""}, query));
    CHECK(takes_query({"flag", value_kind::exact, ""}, query));
    CHECK_FALSE(takes_query({"fla", value_kind::present, ""}, query));
    CHECK(takes_query({"model", value_kind::exact, "x y!"}, query));
    CHECK_FALSE(takes_query({"model", value_kind::exact, "x+y%21"}, query));
    CHECK(takes_query({"model", value_kind::prefix, "x "}, query));
    CHECK(takes_query({"model", value_kind::regex, "x .!"}, query));
    CHECK_FALSE(takes_query({"model", value_kind::regex, "x"}, query));
    CHECK(takes_query({"a", value_kind::exact, "2"}, "a=1&a=2"));
    CHECK_FALSE(takes_query({"a", value_kind::present, ""}, {}));
}

TEST_CASE("all conditions must hold", "[routing]") {
    match_params params;
    params.host = "example.com";
    params.methods = {"POST"};
    params.headers = {{"a", value_kind::present, ""}, {"b", value_kind::present, ""}};
    std::vector<field> const both{{"a", ""}, {"b", ""}};
    std::vector<field> const one{{"a", ""}};
    request_view request{"POST", "example.com", "/", {}, both, {}, {}};

    CHECK(takes(params, request));
    request.fields = one;
    CHECK_FALSE(takes(params, request));
}

TEST_CASE("every expression that does not compile is an error of its own", "[routing]") {
    match_params params;
    params.path = path_kind::regex;
    params.path_value = "(";
    params.headers = {{"h", value_kind::regex, "["}};
    params.query = {{"q", value_kind::regex, "*"}};
    std::vector<std::string> errors;

    CHECK_FALSE(matcher::compile(params, errors).has_value());
    REQUIRE(errors.size() == 3);
    CHECK(errors[0].find("path expression '('") == 0);
    CHECK(errors[1].find("header 'h'") == 0);
    CHECK(errors[2].find("query parameter 'q'") == 0);
}

}  // namespace millrace::routing
