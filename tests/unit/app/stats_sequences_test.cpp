#include "proxy/app/stats_functions.hpp"

#include "tests/unit/app/stats_vectors.hpp"

#include <catch2/catch.hpp>

using millrace::app::testing::called;
using millrace::app::testing::check_vectors;
using millrace::app::testing::refused;

TEST_CASE("published confidence sequences are met", "[app][stats]") {
    check_vectors("confidence_sequences.json");
}

TEST_CASE("published boundaries at planned looks are met", "[app][stats]") {
    check_vectors("group_sequential.json");
}

TEST_CASE("sequences refuse what has no value", "[app][stats]") {
    CHECK(refused(
        "normal_mixture_bound", R"({"v":1,"alpha":0.1,"v_opt":1,"alpha_opt":0.6})", "below 0.5"
    ));
    CHECK(refused(
        "normal_mixture_bound",
        R"({"v":-1,"alpha":0.1,"v_opt":1})",
        "'v' must be: number at least 0"
    ));
    CHECK(refused(
        "normal_mixture_bound",
        R"({"v":1,"alpha":1,"v_opt":1})",
        "'alpha' must be: number in (0, 1)"
    ));
    CHECK(refused(
        "beta_binomial_log_mixture", R"({"s":1e9,"v":1,"v_opt":1,"g":0.2,"h":0.8})", "'s' is out of"
    ));
    CHECK(refused(
        "gamma_exponential_log_mixture", R"({"s":-1e9,"v":1,"v_opt":1,"c":2})", "'s' is out of"
    ));
    CHECK(refused(
        "bernoulli_confidence_interval",
        R"({"successes":3,"trials":2,"alpha":0.1,"t_opt":1})",
        "must not exceed"
    ));
    CHECK(refused(
        "group_sequential_bounds_power_family_phi2",
        R"({"information_fractions":[0.5,0.2],"alpha":0.1})",
        "must not fall"
    ));
    CHECK(refused(
        "group_sequential_bounds_power_family_phi2",
        R"({"information_fractions":[1],"alpha":0.1,"sides":1.5})",
        "must be 1 or 2"
    ));
    CHECK(refused(
        "group_sequential_bounds_power_family_phi2",
        R"({"information_fractions":[],"alpha":0.1})",
        "at least 1"
    ));
}

TEST_CASE("two-sided mixtures may be tuned for any alpha", "[app][stats]") {
    auto const answer = called(
        "normal_mixture_bound", R"({"v":1,"alpha":0.1,"v_opt":1,"alpha_opt":0.6,"one_sided":false})"
    );

    CHECK(answer.errors.empty());
}

TEST_CASE("samples may come in any order", "[app][stats]") {
    auto const sorted = called(
        "quantile_ab_p_value",
        R"({"a_values":[1,2,3],"b_values":[4,5,6],"quantile_p":0.5,"t_opt":3})"
    );
    auto const mixed = called(
        "quantile_ab_p_value",
        R"({"a_values":[3,1,2],"b_values":[6,4,5],"quantile_p":0.5,"t_opt":3})"
    );

    CHECK(sorted.value == mixed.value);
}
