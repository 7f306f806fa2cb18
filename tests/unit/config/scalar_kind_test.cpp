#include "proxy/config/document.hpp"

#include <catch2/catch.hpp>

using namespace millrace::config;

TEST_CASE("plain scalars are what the core schema says", "[config]") {
    for (auto const* text : {"", "~", "null", "NULL"}) {
        CHECK(plain_kind(text) == node::kind::null);
    }
    for (auto const* text : {"true", "False", "TRUE"}) {
        CHECK(plain_kind(text) == node::kind::boolean);
    }
    for (auto const* text : {"0", "-1", "+12", "007", "0x1F", "0o17"}) {
        CHECK(plain_kind(text) == node::kind::integer);
    }
    for (auto const* text : {"1.5", ".5", "1.", "1e3", "-1.5E-3", ".inf", "-.Inf", ".nan"}) {
        CHECK(plain_kind(text) == node::kind::number);
    }
    for (auto const* text :
         {"yes",
          "off",
          "5s",
          "1.2.3",
          "2026-01-01",
          ".",
          "-",
          "+",
          "e5",
          "0x",
          "0o8",
          "1e",
          "1e+",
          "-.nan",
          "a"}) {
        INFO(text);
        CHECK(plain_kind(text) == node::kind::text);
    }
}
