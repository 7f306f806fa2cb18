#include "proxy/stats/rank_sum.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace millrace::stats;  // NOLINT(google-build-using-namespace): every line here needs it

namespace {

const std::vector<double> low{1.0, 2.2, 1.1, 2.5, 3.0};
const std::vector<double> high{20.0, 22.0, 21.0, 25.0, 30.0};

}  // namespace

TEST_CASE("the shift is about the median difference", "[stats][rank]") {
    auto const shift = rank_sum_shift({high, low}, 0.95);

    CHECK(shift.estimate == Approx(20.0).margin(0.5));
    CHECK(shift.confidence.lower < shift.estimate);
    CHECK(shift.confidence.upper > shift.estimate);
}

TEST_CASE("exchanging the samples turns the shift round", "[stats][rank]") {
    auto const up = rank_sum_shift({high, low}, 0.9);
    auto const down = rank_sum_shift({low, high}, 0.9);

    CHECK(up.confidence.lower == Approx(-down.confidence.upper).margin(2e-4));
    CHECK(up.confidence.upper == Approx(-down.confidence.lower).margin(2e-4));
}

TEST_CASE("more confidence is a wider interval", "[stats][rank]") {
    auto const narrow = rank_sum_shift({high, low}, 0.8).confidence;
    auto const wide = rank_sum_shift({high, low}, 0.99).confidence;

    CHECK(wide.lower <= narrow.lower);
    CHECK(wide.upper >= narrow.upper);
}

TEST_CASE("constant and tiny samples have a shift", "[stats][rank]") {
    std::vector<double> const tens{10.0, 10.0, 10.0};
    std::vector<double> const ones{1.0, 1.0};
    std::vector<double> const single{4.0};

    CHECK(rank_sum_shift({tens, ones}, 0.95).estimate == 9.0);
    CHECK(rank_sum_shift({tens, ones}, 0.95).confidence == interval{9.0, 9.0});
    CHECK(rank_sum_shift({single, single}, 0.95).estimate == 0.0);
    auto const beside = rank_sum_shift({single, low}, 0.95);
    CHECK(beside.confidence.lower <= beside.estimate);
    CHECK(beside.confidence.upper >= beside.estimate);
}
