#include "proxy/config/wording.hpp"

#include <catch2/catch.hpp>

using namespace millrace::config;

TEST_CASE("the nearest name is found for slips of the finger only", "[config]") {
    std::vector<std::string> const known{"listeners", "backends", "routes", "log"};

    CHECK(nearest("listners", known) == "listeners");
    CHECK(nearest("bakcends", known) == "backends");
    CHECK(nearest("route", known) == "routes");
    CHECK(nearest("lgo", known) == "log");
    CHECK(nearest("completely", known).empty());
    CHECK(nearest("x", known).empty());
    CHECK(nearest(std::string(1'000, 'a'), known).empty());
}

TEST_CASE("long values are shown in part, controls not at all", "[config]") {
    CHECK(in_quotes("a\nb") == "'a?b'");
    CHECK(shortened(std::string(64, 'x')) == std::string(64, 'x'));
    CHECK(shortened(std::string(65, 'x')) == std::string(64, 'x') + "…");
    CHECK(shortened(std::string(63, 'x') + "€") == std::string(63, 'x') + "…");
}

TEST_CASE("alternatives are listed as in a sentence", "[config]") {
    CHECK(alternatives(std::vector<std::string>{"a"}) == "a");
    CHECK(alternatives(std::vector<std::string>{"a", "b", "c"}) == "a, b or c");
}
