#include "proxy/config/header_rules.hpp"

#include <catch2/catch.hpp>

using namespace millrace::config;

TEST_CASE("fields that frame a message or belong to one hop may not be edited", "[config]") {
    auto const rules = editable_name_rules();

    for (auto const* name :
         {"Connection",
          "transfer-encoding",
          "Content-Length",
          "host",
          "TE",
          "trailer",
          "upgrade",
          "keep-alive",
          "proxy-connection",
          "expect",
          "x-millrace-id",
          "X-Millrace-Version"}) {
        INFO(name);
        CHECK(rules.check(name).has_value());
    }
    CHECK_FALSE(rules.check("authorization").has_value());
    CHECK_FALSE(rules.check("x-host").has_value());
}

TEST_CASE("names that look like secrets are known", "[config]") {
    CHECK(is_sensitive_name("Authorization"));
    CHECK(is_sensitive_name("set-cookie"));
    CHECK(is_sensitive_name("X-Api-Key"));
    CHECK(is_sensitive_name("apikey"));
    CHECK_FALSE(is_sensitive_name("x-user-id"));
    CHECK_FALSE(is_sensitive_name("version"));
}
