#include "proxy/feedback/rate_limit.hpp"

#include <catch2/catch.hpp>

using millrace::feedback::rate_limit;

TEST_CASE("a second's worth is in hand, then so many a second", "[feedback]") {
    using std::chrono::milliseconds;
    auto const start = millrace::time_point{};
    rate_limit tested{100, start};

    CHECK(tested.admit(60, start));
    CHECK_FALSE(tested.admit(60, start));
    CHECK(tested.admit(40, start));
    CHECK_FALSE(tested.admit(1, start));
    CHECK(tested.admit(50, start + milliseconds{500}));
    CHECK_FALSE(tested.admit(1, start + milliseconds{500}));
    CHECK(tested.admit(100, start + milliseconds{90'000}));
    CHECK_FALSE(tested.admit(1, start + milliseconds{90'000}));
}

TEST_CASE("more than a second's worth at once is taken, and paid back", "[feedback]") {
    using std::chrono::seconds;
    auto const start = millrace::time_point{};
    rate_limit tested{100, start};

    CHECK(tested.admit(300, start));
    CHECK_FALSE(tested.admit(1, start + seconds{1}));
    CHECK(tested.admit(100, start + seconds{3}));
}
