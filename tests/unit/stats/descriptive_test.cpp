// Published values stand in tests/vectors/canary.json, which tests/unit/app checks.
#include "proxy/stats/descriptive.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <vector>

using namespace millrace::stats;  // NOLINT(google-build-using-namespace): every line here needs it

namespace {

using values = std::vector<double>;

}  // namespace

TEST_CASE("a small spread beside a large mean is seen", "[stats][descriptive]") {
    CHECK(describe(values{1e9, 1e9 + 1, 1e9 + 2}).deviation == Approx(1.0));
    CHECK(describe(values{}).count == 0);
    CHECK(describe(values{7.0}).deviation == 0.0);
}

TEST_CASE("percentiles go from the least to the largest value", "[stats][descriptive]") {
    values const given{3.0, 1.0, 2.0};

    CHECK(percentile(given, 0.0) == 1.0);
    CHECK(percentile(given, 25.0) == 1.5);
    CHECK(percentile(given, 100.0) == 3.0);
    CHECK(percentile(values{4.0}, 37.0) == 4.0);
    CHECK(std::isnan(percentile(values{}, 50.0)));
}

TEST_CASE("tied values share the mean of their ranks", "[stats][descriptive]") {
    CHECK(average_ranks(values{5.0, 1.0, 5.0, 3.0}) == values{3.5, 1.0, 3.5, 2.0});
    CHECK(average_ranks(values{2.0, 2.0, 2.0}) == values{2.0, 2.0, 2.0});
    CHECK(average_ranks(values{}).empty());
}

TEST_CASE("effects of samples without values or spread have no value", "[stats][descriptive]") {
    values const none;
    values const zeros{0.0, 0.0};
    values const ones{1.0, 1.0};

    CHECK(std::isnan(mean_ratio({none, ones})));
    CHECK(std::isnan(mean_ratio({ones, zeros})));
    CHECK(std::isnan(mean_ratio({zeros, ones})));
    CHECK(std::isnan(cohens_d({ones, ones})));
    CHECK(std::isinf(cohens_d({ones, zeros})));
    CHECK(std::isnan(common_language_effect({none, ones})));
}

TEST_CASE("the common language effect counts pairs", "[stats][descriptive]") {
    values const experiment{1.0, 4.0};
    values const control{2.0, 4.0, 3.0};

    // 4 > 2, 4 > 3, half for 4 = 4, none for 1.
    CHECK(common_language_effect({experiment, control}) == Approx(2.5 / 6.0));
    CHECK(common_language_effect({control, experiment}) == Approx(3.5 / 6.0));
}
