#include "proxy/config/utf8.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace millrace::config;

TEST_CASE("well-formed text passes", "[config]") {
    CHECK_FALSE(first_bad_character(""));
    CHECK_FALSE(first_bad_character("a\tb\r\n"));
    CHECK_FALSE(first_bad_character("ü€\xF0\x9F\x98\x80\xEF\xBB\xBF"));
    CHECK_FALSE(first_bad_character("\xF4\x8F\xBF\xBF\xED\x9F\xBF"));
}

TEST_CASE("ill-formed sequences and controls are found where they stand", "[config]") {
    auto const bad = first_bad_character("a\nbc\x80");

    REQUIRE(bad);
    CHECK(bad->line == 2);
    CHECK(bad->column == 3);
    for (std::string const text :
         {"\x01",
          "\x7f",
          "\xC0\x80",
          "\xC1\xBF",
          "\xC3",
          "\xE0\x80\x80",
          "\xED\xA0\x80",
          "\xE2\x82",
          "\xF0\x80\x80\x80",
          "\xF4\x90\x80\x80",
          "\xF5\x80\x80\x80",
          "\xFE",
          "\xF0\x9F\x98"}) {
        CHECK(first_bad_character(text));
    }
    CHECK(first_bad_character(std::string_view{"\0", 1}));
}
