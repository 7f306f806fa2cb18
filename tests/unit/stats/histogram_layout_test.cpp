#include "proxy/stats/histogram_layout.hpp"

#include "proxy/base/random.hpp"

#include <catch2/catch.hpp>

#include <cmath>

namespace layout = millrace::stats::histogram_layout;
using namespace std::chrono_literals;
using std::chrono::nanoseconds;

TEST_CASE("the buckets cover the range without gaps or overlaps", "[stats][histogram]") {
    auto expected = nanoseconds{0};

    for (std::size_t i = 0; i < layout::bucket_count; ++i) {
        REQUIRE(layout::lower_of(i) == expected);
        REQUIRE(layout::upper_of(i) > layout::lower_of(i));
        expected = layout::upper_of(i);
    }

    REQUIRE(expected == layout::value_max + 1ns);
}

TEST_CASE("both ends of each bucket fall into it", "[stats][histogram]") {
    for (std::size_t i = 0; i < layout::bucket_count; ++i) {
        REQUIRE(layout::index_of(layout::lower_of(i)) == i);
        REQUIRE(layout::index_of(layout::mid_of(i)) == i);
        REQUIRE(layout::index_of(layout::upper_of(i) - 1ns) == i);
    }
}

TEST_CASE("the middle of a bucket is at most 2 % off its values", "[stats][histogram]") {
    auto const error_of = [](nanoseconds value) {
        auto const mid = static_cast<double>(layout::mid_of(layout::index_of(value)).count());
        auto const exact = static_cast<double>(value.count());
        return std::abs(mid - exact) / exact;
    };
    static_assert(layout::relative_error_max <= 0.02);

    // The worst values are the first and the last of a bucket.
    for (auto i = layout::index_of(layout::value_min) + 1; i < layout::bucket_count; ++i) {
        REQUIRE(error_of(layout::lower_of(i)) <= layout::relative_error_max);
        REQUIRE(error_of(layout::upper_of(i) - 1ns) <= layout::relative_error_max);
    }
    REQUIRE(error_of(layout::value_min) <= layout::relative_error_max);

    // Uniform in the logarithm: every size of value gets its turn.
    millrace::random_source random{7};
    for (int i = 0; i < 100'000; ++i) {
        auto const exponent = static_cast<double>(random.below(1'000'000)) / 1'000'000.0;
        auto const value =
            nanoseconds{static_cast<std::int64_t>(1'000.0 * std::pow(6e8, exponent))};
        REQUIRE(error_of(value) <= layout::relative_error_max);
    }
}

TEST_CASE("the range reaches beyond ten minutes", "[stats][histogram]") {
    STATIC_REQUIRE(layout::value_max > 10min);
    STATIC_REQUIRE(layout::value_min == 1us);
}

TEST_CASE("values out of range fall into the outer buckets", "[stats][histogram]") {
    STATIC_REQUIRE(layout::index_of(-5s) == 0);
    STATIC_REQUIRE(layout::index_of(nanoseconds::min()) == 0);
    STATIC_REQUIRE(layout::index_of(24h) == layout::bucket_count - 1);
    STATIC_REQUIRE(layout::index_of(nanoseconds::max()) == layout::bucket_count - 1);
}
