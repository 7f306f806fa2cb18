// Published values stand in tests/vectors/confidence_sequences.json, which tests/unit/app checks.
#include "proxy/stats/stitching.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace millrace::stats;  // NOLINT(google-build-using-namespace): every line here needs it

TEST_CASE("the stitched bound is flat before its time and grows after it", "[stats][stitching]") {
    poly_stitching_params const params{.alpha = 0.05, .v_min = 10.0};

    CHECK(poly_stitching_bound(0.0, params) == poly_stitching_bound(10.0, params));
    CHECK(poly_stitching_bound(11.0, params) > poly_stitching_bound(10.0, params));
    CHECK(poly_stitching_bound(1e12, params) / 1e6 < 10.0);  // sqrt(v ln ln v)
}

TEST_CASE("a heavier tail needs a wider bound", "[stats][stitching]") {
    auto const at = [](double c, double alpha) {
        return poly_stitching_bound(100.0, {.alpha = alpha, .v_min = 10.0, .c = c});
    };

    CHECK(at(3.0, 0.05) > at(0.0, 0.05));
    CHECK(at(0.0, 0.05) > at(-1.0, 0.05));
    CHECK(at(0.0, 0.01) > at(0.0, 0.05));
}

TEST_CASE("the empirical process bound begins at its time and narrows", "[stats][stitching]") {
    empirical_process_params const params{.alpha = 0.05, .t_min = 100.0};

    CHECK(std::isinf(empirical_process_lil_bound(99.0, params)));
    CHECK(empirical_process_lil_bound(100.0, params) < 1.0);
    CHECK(empirical_process_lil_bound(1e4, params) < empirical_process_lil_bound(1e3, params));
}

TEST_CASE(
    "any confidence and constant of the empirical process bound is solved", "[stats][stitching]"
) {
    double before = 0.0;
    for (double const alpha : {0.99, 0.5, 0.05, 1e-3, 1e-9}) {
        CAPTURE(alpha);
        double const bound = empirical_process_lil_bound(1000.0, {.alpha = alpha, .t_min = 100.0});
        CHECK(bound > before);
        CHECK(bound < 1.0);
        before = bound;
    }
    CHECK(
        std::isfinite(empirical_process_lil_bound(1000.0, {.alpha = 0.05, .t_min = 1.0, .a = 0.72}))
    );
    CHECK(std::isfinite(empirical_process_lil_bound(1000.0, {.alpha = 0.05, .t_min = 1.0, .a = 3.0})
    ));
}

TEST_CASE(
    "the double stitched bound narrows relatively and widens with confidence", "[stats][stitching]"
) {
    auto const at = [](double p, double t, double alpha) {
        return double_stitching_bound(p, t, {.alpha = alpha, .t_opt = 100.0});
    };

    CHECK(at(0.5, 1e6, 0.05) / 1e6 < at(0.5, 1e3, 0.05) / 1e3);
    CHECK(at(0.5, 1e3, 0.01) > at(0.5, 1e3, 0.05));
    CHECK(at(0.99, 1e3, 0.05) < at(0.5, 1e3, 0.05));
    CHECK(at(0.5, 1.0, 0.05) == at(0.5, 100.0, 0.05));
}
