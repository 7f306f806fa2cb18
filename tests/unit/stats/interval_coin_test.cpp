#include "proxy/stats/interval_coin.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace millrace::stats;  // NOLINT(google-build-using-namespace): every line here needs it

namespace {

constexpr std::uint32_t whole = 65'536;

/// The candidate holds [0, boundary), the primary the rest.
std::vector<coin_part> split_at(std::uint32_t boundary) {
    return {
        {{0, boundary}, coin_side::candidate},
        {{boundary, whole}, coin_side::primary},
    };
}

}  // namespace

TEST_CASE("the first contact is the coin of the split", "[stats][coin]") {
    auto const toss = toss_coin({}, split_at(6'554), 30'000);

    CHECK(toss.pi == Approx(6'554.0 / 65'536.0));
    CHECK(toss.side == coin_side::primary);
    CHECK(toss.known == point_range{6'554, whole});
}

TEST_CASE("who was seen on the primary is a coin of what moved", "[stats][coin]") {
    auto const first = toss_coin({}, split_at(5'000), 7'000);
    auto const second = toss_coin(first.known, split_at(10'000), 7'000);

    CHECK(second.pi == Approx(5'000.0 / 60'536.0));
    CHECK(second.side == coin_side::candidate);
    CHECK(second.known == point_range{5'000, 10'000});
}

TEST_CASE("who had to come to its side is no bet", "[stats][coin]") {
    auto const first = toss_coin({}, split_at(5'000), 3'000);
    auto const second = toss_coin(first.known, split_at(10'000), 3'000);

    CHECK(first.side == coin_side::candidate);
    CHECK(second.side == coin_side::candidate);
    CHECK_FALSE(second.pi);
    CHECK(second.known == first.known);
}

TEST_CASE("with other versions the coin is that of the two", "[stats][coin]") {
    std::vector<coin_part> const parts{
        {{0, 1'000}, coin_side::candidate},
        {{1'000, 61'536}, coin_side::other},
        {{61'536, whole}, coin_side::primary},
    };

    auto const of_two = toss_coin({}, parts, 500);
    auto const elsewhere = toss_coin({}, parts, 2'000);

    CHECK(of_two.pi == Approx(0.2));
    CHECK_FALSE(elsewhere.pi);
    CHECK(elsewhere.known == point_range{1'000, 61'536});
}

// Over all points: the share of candidates among units of one history is the pi' that they got.
TEST_CASE("the coin is fair for every history", "[stats][coin]") {
    std::vector<coin_part> const scattered{
        {{0, 3'000}, coin_side::candidate},
        {{3'000, 20'000}, coin_side::primary},
        {{20'000, 25'000}, coin_side::candidate},
        {{25'000, whole}, coin_side::primary},
    };
    std::uint32_t met = 0;
    std::uint32_t with_candidate = 0;
    double expected = 0.0;

    for (std::uint32_t point = 4'000; point < whole; ++point) {  // seen on the primary before
        auto const first = toss_coin({}, split_at(4'000), point);
        auto const second = toss_coin(first.known, scattered, point);
        REQUIRE(second.pi);
        met += 1;
        with_candidate += second.side == coin_side::candidate ? 1 : 0;
        expected += *second.pi;
    }

    CHECK(with_candidate == 5'000);
    CHECK(expected == Approx(with_candidate));
    CHECK(met == whole - 4'000);
}
