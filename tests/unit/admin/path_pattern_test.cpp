#include "proxy/admin/path_pattern.hpp"

#include <catch2/catch.hpp>

using millrace::admin::match_path;

TEST_CASE("a pattern without a name is compared whole", "[admin][path]") {
    REQUIRE(match_path("/healthz", "/healthz") == "");
    REQUIRE_FALSE(match_path("/healthz", "/healthz/"));
    REQUIRE_FALSE(match_path("/healthz", "/health"));
}

TEST_CASE("a name is one segment, decoded", "[admin][path]") {
    REQUIRE(match_path("/r/{name}", "/r/risk") == "risk");
    REQUIRE(match_path("/r/{name}/w", "/r/risk/w") == "risk");
    REQUIRE(match_path("/r/{name}", "/r/a%2Fb%20c%c3%A9") == "a/b c\xc3\xa9");
    REQUIRE(match_path("/r/{name}", "/r/%41") == "A");
}

TEST_CASE("an empty, split or broken segment is no name", "[admin][path]") {
    REQUIRE_FALSE(match_path("/r/{name}", "/r/"));
    REQUIRE_FALSE(match_path("/r/{name}/w", "/r//w"));
    REQUIRE_FALSE(match_path("/r/{name}/w", "/r/w"));
    REQUIRE_FALSE(match_path("/r/{name}", "/r/a/b"));
    for (auto const* broken : {"/r/%", "/r/%4", "/r/a%4", "/r/%zz", "/r/%4z"}) {
        INFO(broken);
        REQUIRE_FALSE(match_path("/r/{name}", broken));
    }
}
