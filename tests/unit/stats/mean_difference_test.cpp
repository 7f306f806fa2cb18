// Published values stand in tests/vectors/mean_differences.json, which tests/unit/app checks.
#include "proxy/stats/mean_difference.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace millrace::stats;  // NOLINT(google-build-using-namespace): every line here needs it

namespace {

constexpr sample_summary primary{.count = 3000, .mean = 0.5, .variance = 1.0};
constexpr sample_summary candidate{.count = 3000, .mean = 0.6, .variance = 2.0};

const auto difference = mean_difference::of(primary, candidate, difference_scale::absolute);

}  // namespace

TEST_CASE("sums and proportions are summed up", "[stats][means]") {
    auto const sums = summary_of({.count = 4, .sum = 10.0, .sum_squares = 30.0});
    auto const rate = proportion_of(3.0, 12.0);

    CHECK(sums.mean == 2.5);
    CHECK(sums.variance == Approx(5.0 / 3.0));
    CHECK(rate.mean == 0.25);
    CHECK(rate.variance == Approx(0.1875));
    CHECK(summary_of({.count = 3, .sum = 0.3, .sum_squares = 0.03}).variance >= 0.0);
}

TEST_CASE("a relative difference is in units of the primary", "[stats][means]") {
    auto const relative = mean_difference::of(primary, candidate, difference_scale::relative);
    auto const negative = mean_difference::of(
        {.count = 3000, .mean = -0.5, .variance = 1.0}, candidate, difference_scale::relative
    );

    CHECK(relative.estimate == Approx(0.2));
    CHECK(relative.standard_error > difference.standard_error / 0.5);
    CHECK(negative.estimate == Approx(2.2));
}

TEST_CASE("both-sided intervals are symmetric and wider than one-sided ones", "[stats][means]") {
    auto const test = t_test(difference, 0.05);
    auto const two = asymptotic_two_sided(difference, {});
    auto const one = asymptotic_one_sided(difference, {});

    for (auto const& ends : {test.two_sided, test.one_sided, two.covered, one.covered}) {
        CHECK((ends.lower + ends.upper) / 2.0 == Approx(0.1));
    }
    CHECK(test.two_sided.upper > test.one_sided.upper);
    CHECK(two.covered.upper > one.covered.upper);
    CHECK(two.covered.upper > test.two_sided.upper);
    CHECK(std::isnan(one.p));
}

TEST_CASE("p-values and intervals agree", "[stats][means]") {
    auto const p = t_test(difference, 0.05).p_two_sided;
    auto const at_p = t_test(difference, p);
    auto const sequential = asymptotic_two_sided(difference, {.alpha = 0.3, .tuning_n = 6000});

    CHECK(at_p.two_sided.lower == Approx(0.0).margin(1e-9));
    CHECK(t_test(difference, 0.05).p_greater == Approx(p / 2.0));
    CHECK(t_test(difference, 0.05).p_lesser == Approx(1.0 - p / 2.0));
    CHECK((sequential.p <= 0.3) == (sequential.covered.lower >= 0.0));
}

TEST_CASE("a sequence is tightest near where it was tuned", "[stats][means]") {
    auto const width = [](double tuning_n) {
        auto const covered =
            asymptotic_two_sided(difference, {.alpha = 0.05, .tuning_n = tuning_n}).covered;
        return covered.upper - covered.lower;
    };

    CHECK(width(6000.0) < width(10.0));
    CHECK(width(6000.0) < width(1e6));
}
