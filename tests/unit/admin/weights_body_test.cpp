#include "proxy/admin/weights_body.hpp"

#include <catch2/catch.hpp>

using Catch::Matchers::Contains;
using millrace::admin::parse_weights_body;

TEST_CASE("weights are read in their order", "[admin][weights]") {
    auto const body = parse_weights_body(R"({"weights": {"a": 0, "b": 1000000}})");

    REQUIRE(body.error.empty());
    REQUIRE(body.changes.size() == 2);
    REQUIRE(body.changes[0].backend == "a");
    REQUIRE(body.changes[0].weight == 0);
    REQUIRE(body.changes[1].backend == "b");
    REQUIRE(body.changes[1].weight == 1'000'000);
}

TEST_CASE("a weight is an integer from 0 to a million", "[admin][weights]") {
    for (auto const* weight :
         {"-1", "1000001", "20.5", "2e1", "18446744073709551615", "\"20\"", "null", "true", "[]"}) {
        INFO(weight);
        auto const text = std::string{R"({"weights": {"a": 5, "b": )"} + weight + "}}";
        auto const body = parse_weights_body(text);
        REQUIRE_THAT(body.error, Contains("'b'"));
        REQUIRE(body.changes.empty());
    }
}

TEST_CASE("what is not the documented object is refused", "[admin][weights]") {
    for (auto const* text :
         {"",
          "{",
          "[]",
          "20",
          "{}",
          R"({"weights": {}})",
          R"({"weights": []})",
          R"({"weight": {"a": 1}})",
          R"({"weights": {"a": 1}, "dry_run": true})",
          R"({"weights": {"a": 1}} trailing)"}) {
        INFO(text);
        REQUIRE_THAT(parse_weights_body(text).error, Contains("expected is"));
    }
}

TEST_CASE("who and why may stand beside the weights", "[admin][weights]") {
    REQUIRE(
        parse_weights_body(R"({"weights": {"a": 1}, "why": "a try", "who": "ann"})").error.empty()
    );
    REQUIRE_FALSE(parse_weights_body(R"({"weights": {"a": 1}, "why": 1})").error.empty());
    REQUIRE_FALSE(parse_weights_body(R"({"why": "a try"})").error.empty());
}

TEST_CASE("a deep document is refused, not followed", "[admin][weights]") {
    std::string const deep(100'000, '[');

    REQUIRE_FALSE(parse_weights_body(deep).error.empty());
}
