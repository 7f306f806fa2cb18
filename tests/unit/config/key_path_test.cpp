#include "proxy/config/key_path.hpp"

#include <catch2/catch.hpp>

using namespace millrace::config;

TEST_CASE("a path is written as in the reference", "[config]") {
    CHECK(key_path{"routes", std::size_t{0}, "match"}.text() == "routes[0].match");
    CHECK(key_path{"backends", "a.b"}.text() == "backends.'a.b'");
    CHECK(key_path{}.text().empty());
}

TEST_CASE("a path finds its value or the nearest one above", "[config]") {
    auto const parsed = parse_document("routes:\n  - name: x\n    match:\n      path: /\n", "f");
    REQUIRE(parsed.root);

    auto const found = key_path{"routes", std::size_t{0}, "match", "path"}.locate(*parsed.root);
    auto const above = key_path{"routes", std::size_t{0}, "affinity", "x"}.locate(*parsed.root);

    CHECK(found.line == 4);
    CHECK(found.column == 13);
    CHECK(above.line == 2);
    CHECK(above.column == 5);
}
