#include "proxy/simulation/binomial_interval.hpp"

#include <catch2/catch.hpp>

#include <cmath>

namespace millrace::simulation {

namespace {

/// P(at least `hits` of `runs`), summed up.
double at_least(int hits, int runs, double p) {
    double sum = 0;
    double ways = 1;
    for (int k = runs; k >= hits; --k) {
        sum += ways * std::pow(p, k) * std::pow(1 - p, runs - k);
        ways *= static_cast<double>(k) / (runs - k + 1);
    }
    return sum;
}

}  // namespace

TEST_CASE("the exact interval is that of Clopper and Pearson", "[simulation]") {
    // Values of R's binom.test(5, 100).
    auto const rare = exact_interval({.hits = 5, .runs = 100}, 0.95);
    CHECK(rare.lower == Approx(0.01643191).epsilon(1e-5));
    CHECK(rare.upper == Approx(0.11283491).epsilon(1e-5));
}

TEST_CASE("at the ends of the interval what was seen is just not too unlikely", "[simulation]") {
    auto const wide = exact_interval({.hits = 15, .runs = 20}, 0.99);

    CHECK(at_least(15, 20, wide.lower) == Approx(0.005));
    CHECK(1 - at_least(16, 20, wide.upper) == Approx(0.005));
}

TEST_CASE("an interval at the edges ends there", "[simulation]") {
    auto const none = exact_interval({.hits = 0, .runs = 100}, 0.95);
    CHECK(none.lower == 0);
    CHECK(none.upper == Approx(1 - std::pow(0.025, 0.01)).epsilon(1e-9));
    auto const all = exact_interval({.hits = 100, .runs = 100}, 0.95);
    CHECK(all.lower == Approx(1 - none.upper).epsilon(1e-9));
    CHECK(all.upper == 1);
    auto const unknown = exact_interval({}, 0.95);
    CHECK(unknown.lower == 0);
    CHECK(unknown.upper == 1);
    CHECK(proportion{}.value() == 0);
}

}  // namespace millrace::simulation
