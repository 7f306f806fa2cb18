#include "proxy/simulation/mirrored_pairs.hpp"

#include <catch2/catch.hpp>

namespace millrace::simulation {

namespace {

constexpr std::uint64_t many = 1'000'000;

void check_rates(const pair_rates& rates, double shared) {
    draws chance{5};
    auto const seen = draw_pairs(chance, many, rates, shared);
    auto const part = [](std::uint64_t count) { return static_cast<double>(count) / many; };
    CHECK(seen.pairs == many);
    CHECK(part(seen.both_bad + seen.only_a_bad) == Approx(rates.primary).margin(0.003));
    CHECK(part(seen.both_bad + seen.only_b_bad) == Approx(rates.candidate).margin(0.003));
}

}  // namespace

TEST_CASE("pairs have the rates of their versions, whatever they share", "[simulation]") {
    check_rates({0.01, 0.02}, 0);
    check_rates({0.01, 0.02}, 1);
    check_rates({0.4, 0.3}, 0.5);
    check_rates({0.9, 0.8}, 0);
    check_rates({1, 1}, 0);
    check_rates({0, 0}, 1);
}

TEST_CASE("what comes with the request hits both", "[simulation]") {
    draws chance{6};
    auto const all = draw_pairs(chance, many, {0.01, 0.01}, 1);
    CHECK(all.only_a_bad + all.only_b_bad == 0);
    CHECK(all.both_bad > 9'000);
    CHECK(draw_pairs(chance, many, {0.01, 0.01}, 0).both_bad == 0);
}

}  // namespace millrace::simulation
