#include "proxy/stats/tick.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace millrace::stats;  // NOLINT(google-build-using-namespace): every line here needs it

TEST_CASE("outcomes enter where both arms had a chance", "[stats][tick]") {
    CHECK(may_enter(0.005));
    CHECK(may_enter(0.5));
    CHECK(may_enter(0.995));
    CHECK_FALSE(may_enter(0.00499));
    CHECK_FALSE(may_enter(0.99501));
    CHECK_FALSE(may_enter(0.0));
    CHECK_FALSE(may_enter(1.0));
    CHECK_FALSE(may_enter(std::nan("")));
}

TEST_CASE("the past rate begins at its prior and stays in its range", "[stats][tick]") {
    past_rate past;
    CHECK(past.value() == 0.01);

    past.add({.pi = 0.5, .count_a = 40, .count_b = 10, .bad_a = 1, .bad_b = 2});
    CHECK(past.value() == Approx(3.5 / 100.0));

    past.add({.pi = 0.5, .count_a = 1'000'000, .bad_a = 1'000'000});
    CHECK(past.value() == 0.98);

    CHECK(past_rate{.bad = 0, .outcomes = 10'000'000}.value() == 1e-6);
}
