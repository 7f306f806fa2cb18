#include "proxy/routing/regex.hpp"

#include <catch2/catch.hpp>

namespace millrace::routing {

TEST_CASE("an expression matches the whole text only", "[routing]") {
    std::string error;
    auto const made = regex::compile("/v[0-9]+", error);

    REQUIRE(made.has_value());
    CHECK(made->matches("/v12"));
    CHECK_FALSE(made->matches("/v12/"));
    CHECK_FALSE(made->matches("x/v12"));
}

TEST_CASE("bytes that are no UTF-8 are matched like others", "[routing]") {
    std::string error;
    auto const made = regex::compile("a.b", error);

    REQUIRE(made.has_value());
    CHECK(
        made->matches("a\xff"
                      "b")
    );
}

TEST_CASE("an expression that is none says why", "[routing]") {
    std::string error;

    CHECK_FALSE(regex::compile("(", error).has_value());
    CHECK(error.find("missing )") != std::string::npos);
}

TEST_CASE("a set names all members that match, in order", "[routing]") {
    auto const set = regex_set::compile({"/a.*", "/b", "/ab", ".*"});

    REQUIRE(set.has_value());
    CHECK(set->matching("/ab") == std::vector<int>{0, 2, 3});
    CHECK(set->matching("/b") == std::vector<int>{1, 3});
    CHECK(set->matching("") == std::vector<int>{3});
}

TEST_CASE("a set without a match names none", "[routing]") {
    auto const set = regex_set::compile({"/a", "/b"});

    REQUIRE(set.has_value());
    CHECK(set->matching("/c") == std::vector<int>{});
    CHECK_FALSE(regex_set::compile({"(", "/b"}).has_value());
}

}  // namespace millrace::routing
