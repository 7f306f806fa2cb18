#include "proxy/app/stats_functions.hpp"

#include "tests/unit/app/stats_vectors.hpp"

#include <catch2/catch.hpp>

using millrace::app::testing::check_vectors;
using millrace::app::testing::refused;

TEST_CASE("published differences of means are met", "[app][stats]") {
    check_vectors("mean_differences.json");
}

TEST_CASE("means refuse what cannot be judged", "[app][stats]") {
    CHECK(refused(
        "t_test_two_sided_absolute", R"({"a":{"sum":1,"n":1},"b":{"sum":1,"n":9}})", "'a' must be"
    ));
    CHECK(refused(
        "t_test_two_sided_absolute", R"({"a":{"sum":9,"n":2},"b":{"sum":1,"n":9}})", "'a' must be"
    ));
    CHECK(refused(
        "t_test_two_sided_absolute",
        R"({"a":{"sum":1,"n":2,"x":1},"b":{"sum":1,"n":9}})",
        "'a' must be"
    ));
    CHECK(refused(
        "t_test_two_sided_relative", R"({"a":{"sum":0,"n":20},"b":{"sum":1,"n":9}})", "mean 0"
    ));
    CHECK(refused(
        "asymp_cs_two_sided_absolute",
        R"({"a":{"sum":0,"n":20},"b":{"sum":9,"n":9}})",
        "no variance"
    ));
    CHECK(refused(
        "asymp_cs_one_sided_absolute",
        R"({"a":{"sum":1,"n":20},"b":{"sum":1,"n":9},"alpha":0.5})",
        "'alpha' must be"
    ));
}
