#include "proxy/stats/unit_table.hpp"

#include "proxy/base/random.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace millrace::stats;  // NOLINT(google-build-using-namespace): every line here needs it

namespace {

std::vector<coin_part> split_at(std::uint32_t boundary) {
    return {
        {{0, boundary}, 1},
        {{boundary, 65'536}, 0},
    };
}

constexpr std::uint64_t hash_at(std::uint64_t point, std::uint64_t rest = 1) {
    return point << 48 | rest;
}

std::vector<std::uint64_t> drawn_hashes(std::size_t count) {
    millrace::random_source random{4};
    std::vector<std::uint64_t> hashes(count);
    for (auto& hash : hashes) {
        hash = random.next();
    }
    return hashes;
}

}  // namespace

TEST_CASE("a unit enters once per epoch", "[stats][unit]") {
    unit_table units{{.capacity = 10}};
    auto const parts = split_at(6'554);

    auto const first = units.meet(hash_at(30'000), 1, parts);
    auto const again = units.meet(hash_at(30'000), 1, parts);

    REQUIRE(first);
    CHECK(first->before == point_range{});
    CHECK(first->toss.is_bet);
    CHECK(first->toss.arm == 0);
    CHECK_FALSE(again);
    CHECK(units.size() == 1);
}

TEST_CASE("the next epoch tosses the coin that history left", "[stats][unit]") {
    unit_table units{{.capacity = 10}};
    CHECK(units.meet(hash_at(3'000), 1, split_at(5'000)));
    CHECK(units.meet(hash_at(7'000), 1, split_at(5'000)));

    auto const stayed = units.meet(hash_at(3'000), 2, split_at(10'000));
    auto const moved = units.meet(hash_at(7'000), 2, split_at(10'000));

    REQUIRE(stayed);
    CHECK_FALSE(stayed->toss.is_bet);
    REQUIRE(moved);
    CHECK(moved->toss.arm == 1);
    CHECK(moved->before == point_range{5'000, 65'536});
}

TEST_CASE("a time when nobody looked counts as a contact of everybody", "[stats][unit]") {
    unit_table units{{.capacity = 10}};
    CHECK(units.meet(hash_at(3'000), 1, split_at(5'000)));

    units.assume_all_met(std::vector<std::uint32_t>{0, 4'000});
    auto const newcomer = units.meet(hash_at(9'000), 2, split_at(10'000));
    auto const known = units.meet(hash_at(3'000), 2, split_at(2'000));

    REQUIRE(newcomer);
    CHECK(newcomer->before == point_range{4'000, 65'536});
    REQUIRE(known);
    CHECK(known->before == point_range{0, 4'000});
}

TEST_CASE(
    "a full table keeps units by their second hash and never takes one back", "[stats][unit]"
) {
    unit_table units{{.capacity = 64, .salt = 9}};
    auto const parts = split_at(32'768);
    auto const hashes = drawn_hashes(1'000);

    for (auto const hash : hashes) {
        (void)units.meet(hash, 1, parts);
        CHECK(units.size() <= 64);
    }
    auto const kept = units.records();
    for (auto const hash : hashes) {
        CHECK_FALSE(units.meet(hash, 1, parts));
    }

    CHECK(units.threshold() < ~std::uint64_t{0} / 8);
    CHECK(units.size() > 16);
    CHECK(units.records() == kept);
    for (auto const& each : kept) {
        CHECK(units.follows(each.hash));
    }
}

TEST_CASE("a lower threshold is kept to", "[stats][unit]") {
    unit_table units{{.capacity = 2'000, .salt = 9}};
    auto const hashes = drawn_hashes(1'000);
    for (auto const hash : hashes) {
        (void)units.meet(hash, 1, split_at(32'768));
    }
    REQUIRE(units.size() == 1'000);

    units.follow_at_most(~std::uint64_t{0} / 4);
    units.follow_at_most(~std::uint64_t{0});

    CHECK(units.size() > 150);
    CHECK(units.size() < 350);
    CHECK(units.threshold() == ~std::uint64_t{0} / 4);
}

TEST_CASE("what was stored is the same table", "[stats][unit]") {
    unit_table::params const params{.capacity = 64, .salt = 9};
    unit_table units{params};
    for (auto const hash : drawn_hashes(300)) {
        (void)units.meet(hash, 1, split_at(32'768));
    }

    unit_table restored{params};
    restored.follow_at_most(units.threshold());
    for (auto const& each : units.records()) {
        CHECK(restored.restore(each));
    }

    CHECK(restored.records() == units.records());
    CHECK(restored.threshold() == units.threshold());
}

TEST_CASE("what cannot have been stored is refused", "[stats][unit]") {
    unit_table units{{.capacity = 8}};

    CHECK_FALSE(units.restore({.hash = hash_at(5), .known = {}, .epoch = 0}));
    CHECK_FALSE(units.restore({.hash = hash_at(5), .known = {6, 10}, .epoch = 1}));
    CHECK(units.size() == 0);
}
