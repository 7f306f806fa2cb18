#include "proxy/stats/interval_coin.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace millrace::stats;  // NOLINT(google-build-using-namespace): every line here needs it

namespace {

constexpr std::uint32_t whole = 65'536;

/// The candidate holds [0, boundary), the primary the rest.
std::vector<coin_part> split_at(std::uint32_t boundary) {
    return {
        {{0, boundary}, 1},
        {{boundary, whole}, 0},
    };
}

double pi_of(const point_range& known, const std::vector<coin_part>& partition) {
    auto const masses = masses_within(known, partition, 2);
    return static_cast<double>(masses[1]) / static_cast<double>(masses[0] + masses[1]);
}

}  // namespace

TEST_CASE("the first contact is the coin of the split", "[stats][coin]") {
    auto const toss = toss_coin({}, split_at(6'554), 30'000);

    CHECK(toss.is_bet);
    CHECK(toss.arm == 0);
    CHECK(toss.known == point_range{6'554, whole});
    CHECK(pi_of({}, split_at(6'554)) == Approx(6'554.0 / 65'536.0));
}

TEST_CASE("who was seen on the primary is a coin of what moved", "[stats][coin]") {
    auto const first = toss_coin({}, split_at(5'000), 7'000);
    auto const second = toss_coin(first.known, split_at(10'000), 7'000);

    CHECK(second.is_bet);
    CHECK(second.arm == 1);
    CHECK(second.known == point_range{5'000, 10'000});
    CHECK(pi_of(first.known, split_at(10'000)) == Approx(5'000.0 / 60'536.0));
}

TEST_CASE("who had to come to its side is no bet", "[stats][coin]") {
    auto const first = toss_coin({}, split_at(5'000), 3'000);
    auto const second = toss_coin(first.known, split_at(10'000), 3'000);

    CHECK(first.arm == 1);
    CHECK(second.arm == 1);
    CHECK_FALSE(second.is_bet);
    CHECK(second.known == first.known);
}

TEST_CASE("a version that takes no part is no side of a coin", "[stats][coin]") {
    std::vector<coin_part> const parts{
        {{0, 1'000}, 1},
        {{1'000, 61'536}, no_arm},
        {{61'536, whole}, 0},
    };

    auto const of_two = toss_coin({}, parts, 500);
    auto const elsewhere = toss_coin({}, parts, 2'000);

    CHECK(of_two.is_bet);
    CHECK(pi_of({}, parts) == Approx(0.2));
    CHECK_FALSE(elsewhere.is_bet);
    CHECK(elsewhere.known == point_range{1'000, 61'536});
}

TEST_CASE("candidates are compared with the primary, not with each other", "[stats][coin]") {
    std::vector<coin_part> const parts{
        {{0, 1'000}, 1},
        {{1'000, 3'000}, 2},
        {{3'000, whole}, 0},
    };

    CHECK(toss_coin({}, parts, 500).is_bet);
    CHECK_FALSE(toss_coin({0, 3'000}, parts, 500).is_bet);
    CHECK(toss_coin({2'000, 4'000}, parts, 2'500).is_bet);
    CHECK(masses_within({2'000, 4'000}, parts, 3) == std::vector<std::uint32_t>{1'000, 0, 1'000});
}

// Over all points: the share of candidates among units of one history is the pi' that they got.
TEST_CASE("the coin is fair for every history", "[stats][coin]") {
    std::vector<coin_part> const scattered{
        {{0, 3'000}, 1},
        {{3'000, 20'000}, 0},
        {{20'000, 25'000}, 1},
        {{25'000, whole}, 0},
    };
    std::uint32_t met = 0;
    std::uint32_t with_candidate = 0;
    double expected = 0.0;

    for (std::uint32_t point = 4'000; point < whole; ++point) {  // seen on the primary before
        auto const first = toss_coin({}, split_at(4'000), point);
        auto const second = toss_coin(first.known, scattered, point);
        REQUIRE(second.is_bet);
        met += 1;
        with_candidate += second.arm == 1 ? 1 : 0;
        expected += pi_of(first.known, scattered);
    }

    CHECK(with_candidate == 5'000);
    CHECK(expected == Approx(with_candidate));
    CHECK(met == whole - 4'000);
}
