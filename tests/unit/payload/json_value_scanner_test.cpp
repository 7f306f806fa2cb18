#include "proxy/payload/json_value_scanner.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

using millrace::payload::json_value_scanner;

namespace {

using tokens = std::vector<std::string>;

/// What is found when the text comes in parts of this size; "-" when nothing is.
std::string found_in_parts(
    std::string_view text, const tokens& pointer, std::size_t part, std::uint64_t bytes_max = 10'000
) {
    json_value_scanner scanner{pointer, bytes_max};
    for (std::size_t at = 0; at < text.size(); at += part) {
        scanner.take(text.substr(at, part));
    }
    scanner.end();
    return scanner.found() ? std::string{scanner.text()} : "-";
}

/// The same, however the text is cut.
std::string found_in(std::string_view text, const tokens& pointer) {
    auto const whole = found_in_parts(text, pointer, text.size() + 1);
    for (std::size_t part = 1; part <= text.size(); ++part) {
        CAPTURE(text, part);
        CHECK(found_in_parts(text, pointer, part) == whole);
    }
    return whole;
}

}  // namespace

TEST_CASE("a member's value is found, whatever stands around it", "[payload]") {
    CHECK(found_in(R"({"a":1})", {"a"}) == "1");
    CHECK(found_in(R"( { "b" : [1,{"a":7}] , "a" : true } )", {"a"}) == "true");
    CHECK(found_in(R"({"a":"x\"y","b":2})", {"a"}) == R"("x\"y")");
    CHECK(found_in(R"({"x":{"a":1},"a":{"x":[2,3]}})", {"a"}) == R"({"x":[2,3]})");
    CHECK(found_in(R"({"a": -1.5e3 })", {"a"}) == "-1.5e3");
}

TEST_CASE("a value deep inside is found by its way alone", "[payload]") {
    constexpr std::string_view text =
        R"({"predictions":[{"values":[["no",0.1],["yes",0.9]]},{"values":[["no",0.8]]}]})";
    CHECK(found_in(text, {"predictions", "0", "values", "1", "0"}) == R"("yes")");
    CHECK(found_in(text, {"predictions", "1", "values", "0", "1"}) == "0.8");
    CHECK(found_in(text, {"predictions", "0", "values", "0"}) == R"(["no",0.1])");
    CHECK(found_in("[[1,2],[3,4]]", {"1", "0"}) == "3");
}

TEST_CASE("what is not there is not found", "[payload]") {
    for (auto const* const text :
         {"",
          "7",
          "\"a\"",
          "{}",
          "[]",
          "[1]",
          R"({"b":1})",
          R"({"b":{"a":1}})",
          R"({"ab":1})",
          R"({"A":1})",
          R"({"x":"a"})",
          R"({"a")",
          R"({"a":12)",
          "data: {\"a\":1}",
          "}",
          "\xff\xfe{"}) {
        CHECK(found_in(text, {"a"}) == "-");
    }
    CHECK(found_in(R"({"a":1})", {"a", "b"}) == "-");
    CHECK(found_in(R"({"a":[1,2]})", {"a", "2"}) == "-");
    CHECK(found_in(R"({"a":[1,2]})", {"a", "x"}) == "-");
    CHECK(found_in(R"({"a":{"c":1},"a":{"b":1}})", {"a", "b"}) == "-");
}

TEST_CASE("names are compared as they read, not as they are written", "[payload]") {
    CHECK(found_in(R"({"\u0061\n\/":1})", {"a\n/"}) == "1");
    CHECK(
        found_in(R"({"\u00e9\u20ac\ud83d\ude00":1})", {"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"}) ==
        "1"
    );
    CHECK(found_in("{\"\xc3\xa9\":1}", {"\xc3\xa9"}) == "1");
    CHECK(found_in(R"({"":1})", {""}) == "1");
    CHECK(found_in(R"({"\u00zz":1})", {"a"}) == "-");
}

TEST_CASE("braces and commas inside strings mean nothing", "[payload]") {
    CHECK(found_in(R"({"x":"},{\"a\":1","a":2})", {"a"}) == "2");
    CHECK(found_in(R"({"},":[],"a":"]"})", {"a"}) == R"("]")");
    CHECK(found_in(R"(["\\",1])", {"1"}) == "1");
}

TEST_CASE("only so many bytes are looked at, and only so many kept", "[payload]") {
    constexpr std::string_view text = R"({"x":"0123456789","a":1})";
    CHECK(found_in_parts(text, {"a"}, 5, text.size()) == "1");
    CHECK(found_in_parts(text, {"a"}, 5, text.size() - 4) == "-");

    auto const longest = std::string(json_value_scanner::value_bytes_max - 2, 'v');
    CHECK(found_in_parts("{\"a\":\"" + longest + "\"}", {"a"}, 50) == '"' + longest + '"');
    CHECK(found_in_parts("{\"a\":\"" + longest + "v\"}", {"a"}, 50) == "-");
}

TEST_CASE("what is nested too deeply ends the search", "[payload]") {
    std::string const deep(70, '[');
    CHECK(
        found_in_parts("{\"x\":" + deep + "1" + std::string(70, ']') + ",\"a\":1}", {"a"}, 7) == "-"
    );
    std::string const fine(60, '[');
    CHECK(
        found_in_parts("{\"x\":" + fine + "1" + std::string(60, ']') + ",\"a\":1}", {"a"}, 7) == "1"
    );
}

TEST_CASE("once the value is found the rest changes nothing", "[payload]") {
    tokens const pointer{"a"};
    json_value_scanner scanner{pointer, 100};
    scanner.take(R"({"a":1,"a":2)");
    REQUIRE(scanner.done());
    scanner.take("}}}}");
    scanner.end();
    CHECK(scanner.text() == "1");
}
