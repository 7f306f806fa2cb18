#include "proxy/stats/histogram_counts.hpp"

#include "proxy/base/random.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

using namespace std::chrono_literals;
using millrace::stats::histogram_counts;
using std::chrono::nanoseconds;
namespace layout = millrace::stats::histogram_layout;

namespace {

void put(histogram_counts& counts, nanoseconds value, std::uint64_t times = 1) {
    counts.buckets[layout::index_of(value)] += times;
    counts.sum += decltype(counts.sum){static_cast<std::uint64_t>(value / 1us) * times};
}

bool close(std::optional<nanoseconds> actual, nanoseconds expected) {
    auto const exact = static_cast<double>(expected.count());
    return actual && std::abs(static_cast<double>(actual->count()) - exact) <=
                         exact * layout::relative_error_max;
}

}  // namespace

TEST_CASE("an empty histogram has no quantile", "[stats][histogram]") {
    histogram_counts const counts;

    REQUIRE(counts.total() == 0);
    REQUIRE_FALSE(counts.quantile(0.5));
}

TEST_CASE("what came since an earlier look is the difference", "[stats][histogram]") {
    histogram_counts now;
    put(now, 1ms, 98);
    auto const earlier = now;
    put(now, 1ms, 2);
    put(now, 50ms, 1);

    auto const since = now - earlier;

    CHECK(since.total() == 3);
    CHECK(since.sum == 52ms);
    CHECK(close(since.quantile(0.5), 1ms));
    CHECK(close(since.quantile(1.0), 50ms));
    CHECK((now - now).total() == 0);
}

TEST_CASE("one value is every quantile", "[stats][histogram]") {
    histogram_counts counts;
    put(counts, 123ms);

    for (double const q : {-1.0, 0.0, 0.5, 0.99, 1.0, 2.0}) {
        REQUIRE(close(counts.quantile(q), 123ms));
    }
}

TEST_CASE("a quantile is the value of its rank", "[stats][histogram]") {
    histogram_counts counts;
    put(counts, 1ms, 98);
    put(counts, 50ms, 1);
    put(counts, 2s, 1);

    REQUIRE(close(counts.quantile(0.5), 1ms));
    REQUIRE(close(counts.quantile(0.98), 1ms));
    REQUIRE(close(counts.quantile(0.99), 50ms));
    REQUIRE(close(counts.quantile(0.991), 2s));
    REQUIRE(close(counts.quantile(1.0), 2s));
}

// Against sorting: the same ranks of 20,000 log-uniform values.
TEST_CASE("quantiles agree with sorted values within the relative error", "[stats][histogram]") {
    auto counts = std::make_unique<histogram_counts>();
    std::vector<nanoseconds> values;
    millrace::random_source random{11};
    for (int i = 0; i < 20'000; ++i) {
        auto const exponent = static_cast<double>(random.below(1'000'000)) / 1'000'000.0;
        values.emplace_back(static_cast<std::int64_t>(1'000.0 * std::pow(1e7, exponent)));
        put(*counts, values.back());
    }
    std::sort(values.begin(), values.end());

    for (double const q : {0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0}) {
        auto const rank = static_cast<std::size_t>(std::ceil(q * 20'000.0));
        REQUIRE(close(counts->quantile(q), values[rank - 1]));
    }
}

TEST_CASE("merged counts are those of all values", "[stats][histogram]") {
    histogram_counts left;
    histogram_counts right;
    put(left, 1ms, 3);
    put(right, 1ms, 2);
    put(right, 8s, 5);

    left += right;

    REQUIRE(left.total() == 10);
    REQUIRE(left.sum == 40'005ms);
    REQUIRE(close(left.quantile(0.5), 1ms));
    REQUIRE(close(left.quantile(0.51), 8s));
}
