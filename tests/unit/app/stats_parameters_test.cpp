#include "proxy/app/stats_parameters.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include <limits>

using namespace millrace::app;  // NOLINT(google-build-using-namespace): every line here needs it
namespace json = boost::json;

TEST_CASE("values are read as the type that is wanted, or not at all", "[app][stats]") {
    CHECK(from_json<double>::read(json::parse("3")) == 3.0);
    CHECK(from_json<double>::read(json::parse("-0.5e1")) == -5.0);
    CHECK_FALSE(from_json<double>::read(json::parse("\"3\"")));
    CHECK_FALSE(from_json<double>::read(json::parse("1e999")));
    CHECK(from_json<bool>::read(json::parse("true")) == true);
    CHECK_FALSE(from_json<bool>::read(json::parse("1")));
    CHECK(from_json<std::string>::read(json::parse("\"a\"")) == "a");
    CHECK(from_json<std::vector<double>>::read(json::parse("[1,2]")) == std::vector{1.0, 2.0});
    CHECK_FALSE(from_json<std::vector<double>>::read(json::parse("[1,null]")));
    CHECK_FALSE(from_json<std::vector<double>>::read(json::parse("1")));
    CHECK(from_json<std::optional<double>>::read(json::parse("3")).value() == 3.0);
    CHECK_FALSE(from_json<std::optional<double>>::read(json::parse("true")));
}

TEST_CASE("an object has the members that are named and no other", "[app][stats]") {
    CHECK(members_of(json::parse(R"({"b":2,"a":1})"), {"a", "b"}) == std::vector{1.0, 2.0});
    CHECK_FALSE(members_of(json::parse(R"({"a":1})"), {"a", "b"}));
    CHECK_FALSE(members_of(json::parse(R"({"a":1,"b":2,"c":3})"), {"a", "b"}));
    CHECK_FALSE(members_of(json::parse(R"({"a":1,"b":"x"})"), {"a", "b"}));
    CHECK_FALSE(members_of(json::parse("[]"), {}));
}

TEST_CASE("domains say what they test", "[app][stats]") {
    CHECK(above(0.0).text == "above 0");
    CHECK_FALSE(above(0.0).contains(0.0));
    CHECK(at_least(0.0).contains(0.0));
    CHECK(between(0.0, 1.0).text == "in (0, 1)");
    CHECK_FALSE(between(0.0, 1.0).contains(1.0));
    CHECK(from_to(0.0, 1.0).contains(1.0));
    CHECK(numbers("x", above(0.0), 2).domain == "of at least 2 numbers above 0");
    CHECK_FALSE(numbers("x", above(0.0), 2).contains({1.0}));
    CHECK(choice("x", {"a", "b"}).domain == "of a, b");
    CHECK_FALSE(choice("x", {"a", "b"}).contains("c"));
}

TEST_CASE("results are printed short, exact and as JSON", "[app][stats]") {
    double const infinity = std::numeric_limits<double>::infinity();
    json::value const value = {
        {"a", {0.1, 100.0, -infinity, std::nan("")}}, {"b", {true, nullptr, "x\""}}};

    CHECK(to_text(value) == R"({"a": [0.1, 100, null, null], "b": [true, null, "x\""]})");
    CHECK(to_text(json::array{}) == "[]");
    CHECK(to_text(1.0 / 3.0) == "0.3333333333333333");
}

TEST_CASE("defaults are told as they are written", "[app][stats]") {
    CHECK(default_text(std::optional{0.05}) == "default 0.05");
    CHECK(default_text(std::optional{std::vector{1.0, 2.5}}) == "default [1, 2.5]");
    CHECK(default_text(std::optional<double>{}).empty());
    CHECK(default_text(std::optional<std::optional<double>>{std::in_place}) == "optional");
}
