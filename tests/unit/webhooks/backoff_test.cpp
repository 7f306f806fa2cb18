#include "proxy/webhooks/backoff.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using namespace millrace::webhooks;

TEST_CASE("pauses double up to the longest", "[webhooks][backoff]") {
    backoff const limits{1s, 60s};

    CHECK(pause_after(1, 0, limits) == 1s);
    CHECK(pause_after(2, 0, limits) == 2s);
    CHECK(pause_after(6, 0, limits) == 32s);
    CHECK(pause_after(7, 0, limits) == 60s);
    CHECK(pause_after(4'000'000'000U, 0, limits) == 60s);
}

TEST_CASE("chance leaves out at most half of a pause", "[webhooks][backoff]") {
    backoff const limits{1s, 60s};

    CHECK(pause_after(3, 0.5, limits) == 3s);
    CHECK(pause_after(3, 0.999999, limits) >= 2s);
    CHECK(pause_after(7, 0.5, limits) == 45s);
}

TEST_CASE("Retry-After is read as seconds or as a date", "[webhooks][backoff]") {
    constexpr std::int64_t now = 784'111'777;  // RFC 9110's example: 06 Nov 1994 08:49:37

    CHECK(retry_after("120", now) == 120s);
    CHECK(retry_after(" 0 ", now) == 0s);
    CHECK(retry_after("Sun, 06 Nov 1994 08:50:37 GMT", now) == 60s);
    CHECK(retry_after("Sun, 06 Nov 1994 08:00:00 GMT", now) == 0s);
    CHECK(retry_after("Sun, 06 Nov 2094 08:49:37 GMT", now) == retry_after_max);
    CHECK(retry_after("18446744073709551615", now) == retry_after_max);
    for (auto const* wrong : {"", "soon", "-1", "1.5", "Sun, 06 Nov 1994 08:49:37", "120 s"}) {
        INFO(wrong);
        CHECK_FALSE(retry_after(wrong, now));
    }
}
