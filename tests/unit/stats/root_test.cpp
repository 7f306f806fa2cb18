#include "proxy/stats/root.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace millrace::stats;  // NOLINT(google-build-using-namespace): every line here needs it

TEST_CASE("halving finds the root of anything that changes its sign", "[stats][root]") {
    CHECK(
        bisected_root([](double x) { return x * x - 2.0; }, {0.0, 2.0}) == Approx(std::sqrt(2.0))
    );
    CHECK(bisected_root([](double x) { return x < 0.7 ? 1.0 : -1.0; }, {0.0, 1.0}) == Approx(0.7));
    CHECK(bisected_root([](double x) { return x; }, {0.0, 1.0}) == 0.0);
}

TEST_CASE("Brent's method is as near as it was asked to be", "[stats][root]") {
    for (double const tolerance : {1e-2, 1e-4, 1e-12}) {
        CAPTURE(tolerance);
        int calls = 0;
        auto const cubic = [&](double x) {
            ++calls;
            return x * x * x - 5.0;
        };
        CHECK(std::abs(brent_root(cubic, {-10.0, 10.0}, tolerance) - std::cbrt(5.0)) <= tolerance);
        CHECK(calls < 40);
    }
}

TEST_CASE("Brent's method takes ends that are roots, and steps", "[stats][root]") {
    CHECK(brent_root([](double x) { return x - 1.0; }, {1.0, 2.0}, 1e-4) == 1.0);
    CHECK(brent_root([](double x) { return x - 2.0; }, {1.0, 2.0}, 1e-4) == 2.0);
    CHECK(
        brent_root([](double x) { return x < 0.3 ? 5.0 : -1.0; }, {0.0, 1.0}, 1e-6) ==
        Approx(0.3).margin(1e-6)
    );
}
