#include "proxy/iter8/quantity.hpp"

#include <catch2/catch.hpp>

using millrace::iter8::quantity_of;

TEST_CASE("a quantity is a number with a suffix", "[iter8]") {
    CHECK(quantity_of("420") == 420.0);
    CHECK(quantity_of("420.5") == 420.5);
    CHECK(quantity_of("-1") == -1.0);
    CHECK(quantity_of("+1") == 1.0);
    CHECK(quantity_of("10m") == 0.01);
    CHECK(quantity_of("1k") == 1000.0);
    CHECK(quantity_of("820351954438n") == Approx(820.351954438));
    CHECK(quantity_of("5u") == Approx(5e-6));
    CHECK(quantity_of("2Ki") == 2048.0);
    CHECK(quantity_of("1E") == 1e18);
    CHECK(quantity_of("1e3") == 1000.0);
    CHECK(quantity_of("12E-1") == Approx(1.2));
}

TEST_CASE("what is no quantity is refused", "[iter8]") {
    for (auto const* text : {"", "x", "1x", "1 k", "k", "nan", "inf", "1e999", "1kk", "--1", "+"}) {
        INFO(text);
        CHECK_FALSE(quantity_of(text));
    }
}
