#include "proxy/base/random.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cmath>

namespace millrace {

TEST_CASE("the same seed draws the same numbers", "[base]") {
    random_source a{7};
    random_source b{7};
    random_source c{8};

    auto const first = a.next();
    CHECK(first == b.next());
    CHECK(first != c.next());
    CHECK(a.next() == b.next());
}

// SplitMix64 from 0 begins e220a8397b1dcdaf, 6e789e6aa1b965f4, 06c45d188009454f, f88bb8a8724c81ec;
// the first output of xoshiro256++ is rotl(s0 + s3, 23) + s0.
TEST_CASE("the generator is xoshiro256++ seeded by SplitMix64", "[base]") {
    random_source source{0};
    std::uint64_t const s0 = 0xe220a8397b1dcdafU;
    std::uint64_t const s3 = 0xf88bb8a8724c81ecU;

    CHECK(source.next() == std::rotl(s0 + s3, 23) + s0);
}

TEST_CASE("bounded numbers stay below the bound and are even", "[base]") {
    constexpr int draws = 100'000;
    random_source source{1};
    std::array<int, 10> counts{};

    for (int i = 0; i < draws; ++i) {
        auto const drawn = source.below(10);
        REQUIRE(drawn < 10);
        ++counts[drawn];
    }

    for (int const count : counts) {
        // Five standard deviations.
        CHECK(std::abs(count - draws / 10) < 5 * std::sqrt(draws * 0.1 * 0.9));
    }
    CHECK(source.below(1) == 0);
}

}  // namespace millrace
