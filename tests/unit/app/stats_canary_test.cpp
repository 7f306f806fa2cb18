#include "proxy/app/stats_functions.hpp"

#include "tests/unit/app/stats_vectors.hpp"

#include <catch2/catch.hpp>

using millrace::app::testing::called;
using millrace::app::testing::check_vectors;
using millrace::app::testing::refused;

TEST_CASE("Kayenta's judgements of its own test data are met", "[app][stats]") {
    check_vectors("canary.json");
}

TEST_CASE("options may come as text or as arguments", "[app][stats]") {
    auto const text = called(
        "kayenta_mann_whitney", R"({"experiment":[20,22,21,25,30],"control":[1,2.2,1.1,2.5,3],
        "params":"tolerance = 0.10, confLevel = 0.95,\n effectSizeThresholds = (1.0, 13.0), effectSizeMeasure=\"cles\""})"
    );
    auto const arguments = called(
        "kayenta_mann_whitney", R"({"experiment":[20,22,21,25,30],"control":[1,2.2,1.1,2.5,3],
        "tolerance":0.1,"confLevel":0.95,"effectSizeThresholds":[1,13],"effectSizeMeasure":"cles"})"
    );

    CHECK(text.errors.empty());
    CHECK(text.value == arguments.value);
}

TEST_CASE("options that are no options are refused", "[app][stats]") {
    auto const with = [](std::string_view params) {
        return R"({"experiment":[1],"control":[2],"params":")" + std::string{params} + "\"}";
    };

    CHECK(refused("kayenta_mann_whitney", with("tolerance"), "'params' must be"));
    CHECK(refused("kayenta_mann_whitney", with("tolerance = x"), "'params' must be"));
    CHECK(refused("kayenta_mann_whitney", with("a = (1, x)"), "'params' must be"));
    CHECK(refused("kayenta_mann_whitney", with("= 3"), "'params' must be"));
    CHECK(refused("kayenta_mann_whitney", with("other = 3"), "no argument 'other'"));
    CHECK(refused("kayenta_mann_whitney", with("tolerance = -1"), "'tolerance' must be"));
    CHECK(called("kayenta_mann_whitney", with("")).errors.empty());
}

TEST_CASE("a direction is one of three", "[app][stats]") {
    CHECK(refused(
        "kayenta_mann_whitney",
        R"({"experiment":[1],"control":[2],"direction":"Up"})",
        "'direction' must be"
    ));
}
