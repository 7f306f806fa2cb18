#include "proxy/base/ascii.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace millrace {

TEST_CASE("letters compare equal in any case, nothing else does", "[base]") {
    CHECK(ascii::iequals("Content-TYPE", "content-type"));
    CHECK(ascii::iequals("", ""));
    CHECK_FALSE(ascii::iequals("a", "ab"));
    CHECK_FALSE(ascii::iequals("[", "{"));
    CHECK_FALSE(ascii::iequals("@", "`"));
    CHECK(ascii::lowered("A-Z[\xc4") == "a-z[\xc4");
}

TEST_CASE("blanks and tabs are trimmed, line ends are not", "[base]") {
    CHECK(ascii::trimmed(" \t a b\t ") == "a b");
    CHECK(ascii::trimmed(" \t").empty());
    CHECK(ascii::trimmed("\ra\n") == "\ra\n");
}

TEST_CASE("hexadecimal digits have values", "[base]") {
    CHECK(ascii::hex_value('0') == 0);
    CHECK(ascii::hex_value('f') == 15);
    CHECK(ascii::hex_value('A') == 10);
    CHECK(ascii::hex_value('g') == -1);
    CHECK(ascii::hex_value('/') == -1);
    CHECK(ascii::hex_value('\xff') == -1);
}

TEST_CASE("a decimal number is digits that fit", "[base]") {
    CHECK(ascii::parse_decimal("0") == 0U);
    CHECK(ascii::parse_decimal("007") == 7U);
    CHECK(ascii::parse_decimal("18446744073709551615") == UINT64_MAX);
    CHECK_FALSE(ascii::parse_decimal("18446744073709551616").has_value());
    CHECK_FALSE(ascii::parse_decimal("99999999999999999999").has_value());
    CHECK_FALSE(ascii::parse_decimal("").has_value());
    CHECK_FALSE(ascii::parse_decimal("+1").has_value());
    CHECK_FALSE(ascii::parse_decimal("-1").has_value());
    CHECK_FALSE(ascii::parse_decimal(" 1").has_value());
    CHECK_FALSE(ascii::parse_decimal("1a").has_value());
}

TEST_CASE("lists are cut at commas, empty elements are skipped", "[base]") {
    std::vector<std::string> seen;
    auto const all = ascii::for_each_element(" a ,, b\t,c d,", [&](std::string_view element) {
        seen.emplace_back(element);
        return true;
    });

    CHECK(all);
    CHECK(seen == std::vector<std::string>{"a", "b", "c d"});
}

TEST_CASE("a visitor of a list may stop early", "[base]") {
    int visits = 0;

    CHECK_FALSE(ascii::for_each_element("a,b,c", [&](std::string_view element) {
        ++visits;
        return element != "b";
    }));
    CHECK(visits == 2);
    CHECK(ascii::for_each_element("", [](std::string_view) { return false; }));
}

}  // namespace millrace
