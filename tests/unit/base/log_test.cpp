#include "proxy/base/log.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace millrace {

namespace {

std::string escaped(std::string_view text) {
    std::string out;
    log::append_json_escaped(out, text);
    return out;
}

}  // namespace

TEST_CASE("text is escaped for the inside of a JSON string", "[base]") {
    CHECK(escaped("plain text /") == "plain text /");
    CHECK(escaped("a\"b\\c") == "a\\\"b\\\\c");
    CHECK(escaped("a\r\nb\t") == "a\\u000d\\u000ab\\u0009");
    CHECK(escaped(std::string_view{"\0\x7f", 2}) == "\\u0000\\u007f");
    CHECK(escaped("\xc3\xa4") == "\\u00c3\\u00a4");
    CHECK(escaped("").empty());
}

TEST_CASE("messages below the level are not written", "[base]") {
    log::set_level(log::level::warning);
    CHECK_FALSE(log::enabled(log::level::info));
    CHECK(log::enabled(log::level::warning));
    CHECK(log::enabled(log::level::error));

    log::set_level(log::level::info);
    CHECK(log::enabled(log::level::info));
    CHECK_FALSE(log::enabled(log::level::debug));
}

TEST_CASE("the wall clock is written as RFC 3339 with milliseconds", "[base]") {
    auto const text = log::wall_clock_text();

    REQUIRE(text.size() == 24);
    CHECK(text[4] == '-');
    CHECK(text[10] == 'T');
    CHECK(text[19] == '.');
    CHECK(text[23] == 'Z');
}

}  // namespace millrace
