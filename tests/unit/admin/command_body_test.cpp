#include "proxy/admin/command_body.hpp"

#include <catch2/catch.hpp>

#include <string>

using Catch::Matchers::Contains;
using millrace::admin::parse_command_body;

TEST_CASE("a reason and a name are read without blanks around them", "[admin][rollout]") {
    auto const body = parse_command_body(R"({"why": " looks good\t", "who": "ann"})", true);

    REQUIRE(body.error.empty());
    REQUIRE(body.why == "looks good");
    REQUIRE(body.who == "ann");
}

TEST_CASE("without a need for a reason the body may be empty", "[admin][rollout]") {
    for (auto const* text : {"", "{}", R"({"who": "ann"})"}) {
        INFO(text);
        REQUIRE(parse_command_body(text, false).error.empty());
        REQUIRE_THAT(parse_command_body(text, true).error, Contains("a reason is needed"));
    }
    REQUIRE_FALSE(parse_command_body(R"({"why": "  "})", true).error.empty());
}

TEST_CASE("what is not the documented body of a command is refused", "[admin][rollout]") {
    for (auto const* text :
         {"{",
          "[]",
          "\"why\"",
          R"({"why": 1})",
          R"({"why": null})",
          R"({"why": "x", "force": true})",
          R"({"why": ["x"]})",
          R"({"why": "x"} more)"}) {
        INFO(text);
        auto const body = parse_command_body(text, false);
        REQUIRE_THAT(body.error, Contains("expected is"));
        REQUIRE(body.why.empty());
    }
}

TEST_CASE("texts of a command have a limit", "[admin][rollout]") {
    auto const with = [](const char* key, std::size_t bytes) {
        return parse_command_body(
            "{\"" + std::string{key} + "\": \"" + std::string(bytes, 'x') + "\"}", false
        );
    };

    REQUIRE(with("why", 1'000).error.empty());
    REQUIRE_FALSE(with("why", 1'001).error.empty());
    REQUIRE(with("who", 128).error.empty());
    REQUIRE_FALSE(with("who", 129).error.empty());
}
