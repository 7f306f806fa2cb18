#include "proxy/stats/unit_table.hpp"

#include "proxy/base/random.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace millrace::stats;  // NOLINT(google-build-using-namespace): every line here needs it

namespace {

std::vector<coin_part> split_at(std::uint32_t boundary) {
    return {
        {{0, boundary}, coin_side::candidate},
        {{boundary, 65'536}, coin_side::primary},
    };
}

constexpr std::uint64_t hash_at(std::uint64_t point, std::uint64_t rest = 1) {
    return point << 48 | rest;
}

}  // namespace

TEST_CASE("a unit enters once per epoch and keeps its window open", "[stats][unit]") {
    unit_table units{{.capacity = 10}};
    auto const parts = split_at(6'554);

    auto* const first = units.contact({hash_at(30'000), 1, 5}, parts);
    REQUIRE(first != nullptr);
    first->window.add(true, 0);
    auto* const again = units.contact({hash_at(30'000), 1, 9}, parts);

    REQUIRE(again != nullptr);
    CHECK(again->opened == 5);
    CHECK(again->pi == Approx(6'554.0 / 65'536.0));
    CHECK(again->side == coin_side::primary);
    CHECK(again->window.requests == 1);
    CHECK(units.size() == 1);
}

TEST_CASE("the next epoch tosses the coin that history left", "[stats][unit]") {
    unit_table units{{.capacity = 10}};
    CHECK(units.contact({hash_at(3'000), 1, 1}, split_at(5'000)) != nullptr);
    CHECK(units.contact({hash_at(7'000), 1, 1}, split_at(5'000)) != nullptr);
    CHECK(units.take_opened_before(2).size() == 2);

    auto* const stayed = units.contact({hash_at(3'000), 2, 3}, split_at(10'000));
    auto* const moved = units.contact({hash_at(7'000), 2, 3}, split_at(10'000));

    CHECK(stayed == nullptr);
    REQUIRE(moved != nullptr);
    CHECK(moved->side == coin_side::candidate);
    CHECK(moved->pi == Approx(5'000.0 / 60'536.0));
    CHECK(moved->window == unit_window{});
}

TEST_CASE("closed windows come in the order of assignment and only once", "[stats][unit]") {
    unit_table units{{.capacity = 100}};
    auto const parts = split_at(20'000);
    for (std::uint64_t i = 0; i < 50; ++i) {
        units.contact({hash_at(1'000 * i, i), 1, 50 - i}, parts);
    }

    auto const early = units.take_opened_before(26);
    auto const late = units.take_opened_before(1'000);

    REQUIRE(early.size() == 25);
    CHECK(late.size() == 25);
    for (std::size_t i = 0; i < early.size(); ++i) {
        CHECK(early[i].opened == i + 1);
    }
    CHECK(units.take_opened_before(1'000).empty());
    CHECK(units.contact({hash_at(1'000, 1), 1, 60}, parts) == nullptr);
}

TEST_CASE(
    "a full table keeps units by their second hash and never takes one back", "[stats][unit]"
) {
    unit_table units{{.capacity = 64, .salt = 9}};
    auto const parts = split_at(32'768);
    millrace::random_source random{4};
    std::vector<std::uint64_t> hashes(1'000);
    for (auto& hash : hashes) {
        hash = random.next();
    }

    for (auto const hash : hashes) {
        units.contact({hash, 1, 1}, parts);
        CHECK(units.size() <= 64);
    }
    auto const kept = units.records();
    for (auto const hash : hashes) {
        units.contact({hash, 1, 2}, parts);
    }

    CHECK(units.threshold() < ~std::uint64_t{0} / 8);
    CHECK(units.size() > 16);
    CHECK(units.records() == kept);
    CHECK(units.turned_away() > 800);
}

TEST_CASE("what was stored is the same table", "[stats][unit]") {
    unit_table::params const params{.capacity = 64, .salt = 9};
    unit_table units{params};
    millrace::random_source random{4};
    for (int i = 0; i < 300; ++i) {
        units.contact({random.next(), 1, 1}, split_at(32'768));
    }
    auto const records = units.records();

    auto restored = unit_table::restored(params, {units.threshold(), units.turned_away(), records});

    REQUIRE(restored);
    CHECK(restored->records() == records);
    CHECK(restored->threshold() == units.threshold());
    CHECK(restored->turned_away() == units.turned_away());
    auto const hash = random.next();
    CHECK(
        (restored->contact({hash, 2, 3}, split_at(100)) == nullptr) ==
        (units.contact({hash, 2, 3}, split_at(100)) == nullptr)
    );
}

TEST_CASE("what cannot have been stored is refused", "[stats][unit]") {
    unit_record record{};
    record.epoch = 1;
    std::vector<unit_record> const twice{record, record};
    std::vector<unit_record> const unmet(1);

    CHECK_FALSE(unit_table::restored({.capacity = 1}, {~std::uint64_t{0}, 0, twice}));
    CHECK_FALSE(unit_table::restored({.capacity = 8}, {~std::uint64_t{0}, 0, twice}));
    CHECK_FALSE(unit_table::restored({.capacity = 8}, {~std::uint64_t{0}, 0, unmet}));
}
