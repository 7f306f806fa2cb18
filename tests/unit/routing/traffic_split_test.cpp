#include "proxy/routing/traffic_split.hpp"

#include "proxy/base/random.hpp"
#include "proxy/base/siphash.hpp"
#include "proxy/routing/affinity.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <numeric>
#include <string>

namespace millrace::routing {

namespace {

using piece = traffic_split::piece;

std::vector<weight> weights_of(std::initializer_list<std::uint32_t> values) {
    std::vector<weight> weights;
    for (auto const value : values) {
        weights.push_back({value});
    }
    return weights;
}

std::vector<std::uint32_t> masses_of(const traffic_split& split) {
    return {split.masses().begin(), split.masses().end()};
}

/// Whose each of the 65536 points is.
std::vector<std::uint16_t> owners_of(const traffic_split& split) {
    std::vector<std::uint16_t> owners(traffic_split::units);
    for (std::uint32_t point = 0; point < traffic_split::units; ++point) {
        owners[point] = split.pick(static_cast<std::uint16_t>(point))->version;
    }
    return owners;
}

std::uint32_t smallest_movement(const traffic_split& old, const traffic_split& next) {
    std::uint32_t least = 0;
    for (std::size_t i = 0; i < old.masses().size(); ++i) {
        least += old.masses()[i] > next.masses()[i] ? old.masses()[i] - next.masses()[i] : 0;
    }
    return least;
}

std::uint32_t moved_between(const traffic_split& old, const traffic_split& next) {
    auto const before = owners_of(old);
    auto const after = owners_of(next);
    std::uint32_t moved = 0;
    for (std::size_t point = 0; point < before.size(); ++point) {
        moved += before[point] != after[point] ? 1 : 0;
    }
    return moved;
}

/// The ramps of the property tests: weights at each step.
std::vector<std::vector<std::vector<weight>>> ramps() {
    return {
        {weights_of({100, 0}),
         weights_of({99, 1}),
         weights_of({95, 5}),
         weights_of({90, 10}),
         weights_of({75, 25}),
         weights_of({50, 50}),
         weights_of({0, 100})},
        {weights_of({70, 20, 10}),
         weights_of({60, 20, 20}),
         weights_of({45, 20, 35}),
         weights_of({1, 20, 79}),
         weights_of({70, 20, 10})},
        {weights_of({1, 1, 1}),
         weights_of({2, 1, 1}),
         weights_of({3, 2, 1}),
         weights_of({0, 7, 5})},
        {weights_of({40, 10, 10, 10, 10, 10, 10}),
         weights_of({30, 20, 10, 10, 10, 10, 10}),
         weights_of({15, 20, 10, 25, 10, 10, 10}),
         weights_of({1, 2, 3, 4, 5, 6, 7}),
         weights_of({7, 6, 5, 4, 3, 2, 1}),
         weights_of({0, 0, 0, 1, 0, 0, 0})},
    };
}

}  // namespace

TEST_CASE("a split has the masses of its weights and says them when it picks", "[routing]") {
    traffic_split const split{weights_of({1, 3})};

    CHECK(masses_of(split) == std::vector<std::uint32_t>{16384, 49152});
    CHECK(split.pick(0) == traffic_split::choice{0, 16384});
    CHECK(split.pick(16383) == traffic_split::choice{0, 16384});
    CHECK(split.pick(16384) == traffic_split::choice{1, 49152});
    CHECK(split.pick(65535) == traffic_split::choice{1, 49152});
}

TEST_CASE("no versions and weights of zero pick nothing", "[routing]") {
    CHECK_FALSE(traffic_split{}.pick(7).has_value());
    CHECK_FALSE(traffic_split{weights_of({0, 0})}.pick(7).has_value());
    CHECK(traffic_split{weights_of({0, 0})}.masses().size() == 2);
}

TEST_CASE("a version with all of the weight has every point", "[routing]") {
    traffic_split const split{weights_of({0, 5, 0})};

    CHECK(split.pieces().size() == 1);
    CHECK(split.pick(65535) == traffic_split::choice{1, 65536});
}

TEST_CASE("weight that was taken away and given back starts a new partition", "[routing]") {
    traffic_split const split{weights_of({1, 1})};
    auto const off = split.rebalanced(weights_of({0, 0}), 1);

    CHECK(off.empty());
    CHECK(off.rebalanced(weights_of({1, 1}), 2) == split);
}

TEST_CASE("the share of 100,000 keys stays inside the binomial bound on every ramp", "[routing]") {
    constexpr int keys = 100'000;
    constexpr double quantile = 3.2905;  // of the normal law, two-sided 99.9 %
    siphash_key const key{0x0123456789abcdefU, 0xfedcba9876543210U};
    std::vector<std::uint16_t> points;
    for (int i = 0; i < keys; ++i) {
        points.push_back(point_of(unit_hash(key, "risk", "user-" + std::to_string(i))));
    }

    for (auto const& ramp : ramps()) {
        traffic_split split{ramp.front()};
        std::uint64_t seed = 1;
        for (auto const& weights : ramp) {
            split = split.rebalanced(weights, seed++);
            std::vector<int> counts(weights.size(), 0);
            for (auto const point : points) {
                ++counts[split.pick(point)->version];
            }
            double sum = 0;
            for (auto const& each : weights) {
                sum += each.value;
            }
            for (std::size_t i = 0; i < weights.size(); ++i) {
                double const share = weights[i].value / sum;
                double const bound = quantile * std::sqrt(keys * share * (1 - share)) + 0.5;
                // The partition is at most one unit off the share.
                double const rounding = keys / 65536.0;
                CHECK(std::abs(counts[i] - keys * share) <= bound + rounding);
            }
        }
    }
}

TEST_CASE("exactly the smallest possible set of points moves on every ramp", "[routing]") {
    for (auto const& ramp : ramps()) {
        traffic_split split{ramp.front()};
        std::uint64_t seed = 1;
        for (auto const& weights : ramp) {
            auto const next = split.rebalanced(weights, seed++);
            CHECK(moved_between(split, next) == smallest_movement(split, next));
            split = next;
        }
    }
}

TEST_CASE("nobody moves back while a candidate grows", "[routing]") {
    traffic_split split{weights_of({100, 0})};
    auto owners = owners_of(split);

    for (std::uint32_t share = 1; share <= 100; ++share) {
        split = split.rebalanced(weights_of({100 - share, share}), share);
        auto const next = owners_of(split);
        bool back = false;
        for (std::size_t point = 0; point < owners.size(); ++point) {
            back = back || (owners[point] == 1 && next[point] == 0);
        }
        REQUIRE_FALSE(back);
        owners = next;
    }
    CHECK(split.pieces().size() == 1);
}

TEST_CASE("at 5 to 10 percent exactly the extra units move", "[routing]") {
    auto const five = traffic_split{weights_of({100, 0})}.rebalanced(weights_of({95, 5}), 3);
    auto const ten = five.rebalanced(weights_of({90, 10}), 4);

    CHECK(masses_of(five) == std::vector<std::uint32_t>{62259, 3277});
    CHECK(masses_of(ten) == std::vector<std::uint32_t>{58982, 6554});
    CHECK(moved_between(five, ten) == 3277);
}

// Random weights with a constant sum: whoever keeps the weight trades with nobody who does.
TEST_CASE("no unit moves between versions whose weights stayed", "[routing]") {
    random_source random{42};
    for (int round = 0; round < 300; ++round) {
        std::size_t const versions = 2 + random.below(6);
        std::vector<weight> weights;
        for (std::size_t i = 0; i < versions; ++i) {
            weights.push_back({1 + random.below(997)});
        }
        traffic_split split{weights};
        for (int step = 0; step < 4; ++step) {
            auto const from = random.below(static_cast<std::uint32_t>(versions));
            auto const to = (from + 1) % versions;
            auto next_weights = weights;
            auto const amount = random.below(weights[from].value + 1);
            next_weights[from].value -= amount;
            next_weights[to].value += amount;
            auto const next = split.rebalanced(next_weights, random.next());

            auto const before = owners_of(split);
            auto const after = owners_of(next);
            bool strangers = false;
            for (std::size_t point = 0; point < before.size(); ++point) {
                auto const stays = [&](std::size_t v) { return v != from && v != to; };
                strangers = strangers || (before[point] != after[point] && stays(before[point]) &&
                                          stays(after[point]));
            }
            REQUIRE_FALSE(strangers);
            REQUIRE(moved_between(split, next) == smallest_movement(split, next));
            split = next;
            weights = next_weights;
        }
    }
}

TEST_CASE("the same weights and seeds make the same partition", "[routing]") {
    traffic_split const split{weights_of({3, 2, 1})};

    CHECK(split.rebalanced(weights_of({1, 2, 3}), 9) == split.rebalanced(weights_of({1, 2, 3}), 9));
    CHECK(split.rebalanced(weights_of({3, 2, 1}), 9) == split);
}

TEST_CASE("the seed decides who tries a new version", "[routing]") {
    traffic_split const split{weights_of({100, 0})};
    std::vector<int> tries(16, 0);

    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        auto const next = split.rebalanced(weights_of({95, 5}), seed);
        REQUIRE(next.pieces().size() <= 3);
        for (std::uint32_t sixteenth = 0; sixteenth < 16; ++sixteenth) {
            auto const point = static_cast<std::uint16_t>(sixteenth * 4096 + 2048);
            tries[sixteenth] += next.pick(point)->version == 1 ? 1 : 0;
        }
    }

    for (int const count : tries) {
        CHECK(count > 0);
        CHECK(count < 60);
    }
}

TEST_CASE("a part that grows grows where it is", "[routing]") {
    auto split = traffic_split{weights_of({100, 0})}.rebalanced(weights_of({95, 5}), 11);

    for (std::uint32_t share = 6; share < 90; ++share) {
        split = split.rebalanced(weights_of({100 - share, share}), share);
        REQUIRE(split.pieces().size() <= 3);
    }
}

TEST_CASE("a bandit does not cut the partition into ever more pieces", "[routing]") {
    random_source random{7};
    traffic_split split{weights_of({1, 1, 1, 1, 1, 1, 1})};
    std::size_t most = 0;

    for (int step = 0; step < 10'000; ++step) {
        std::vector<weight> weights;
        for (int i = 0; i < 7; ++i) {
            weights.push_back({random.below(4) == 0 ? 0 : 1 + random.below(1000)});
        }
        weights[0].value += 1;
        auto const next = split.rebalanced(weights, random.next());
        REQUIRE(
            std::accumulate(next.masses().begin(), next.masses().end(), 0U) == traffic_split::units
        );
        most = std::max(most, next.pieces().size());
        split = next;
    }

    INFO("most pieces: " << most);
    CHECK(most <= 64);
}

TEST_CASE("one change cuts at most once for each donor and receiver", "[routing]") {
    random_source random{8};
    for (int round = 0; round < 500; ++round) {
        std::vector<weight> weights;
        std::vector<weight> next_weights;
        for (int i = 0; i < 7; ++i) {
            weights.push_back({1 + random.below(1000)});
            next_weights.push_back({1 + random.below(1000)});
        }
        traffic_split const split{weights};
        auto const next = split.rebalanced(next_weights, random.next());

        // Donors and receivers are 7 at most: 6 cuts, each of at most one more boundary, as
        // nobody is a newcomer.
        REQUIRE(next.pieces().size() <= split.pieces().size() + 6);
    }
}

TEST_CASE("a partition made from its pieces is the same", "[routing]") {
    auto split = traffic_split{weights_of({5, 3, 2})}.rebalanced(weights_of({1, 3, 6}), 5);
    split = split.rebalanced(weights_of({4, 3, 3}), 6);

    auto const again = traffic_split::from_pieces(split.pieces(), 3);

    REQUIRE(again.has_value());
    CHECK(*again == split);
    CHECK(owners_of(*again) == owners_of(split));
    CHECK(
        again->rebalanced(weights_of({1, 1, 1}), 7) == split.rebalanced(weights_of({1, 1, 1}), 7)
    );
}

TEST_CASE("pieces that are no partition are refused", "[routing]") {
    auto const made = [](std::vector<piece> pieces) {
        return traffic_split::from_pieces(pieces, 2).has_value();
    };

    CHECK(made({}));
    CHECK(made({{0, 1}}));
    CHECK(made({{0, 1}, {65535, 0}}));
    CHECK_FALSE(made({{1, 0}}));
    CHECK_FALSE(made({{0, 0}, {0, 1}}));
    CHECK_FALSE(made({{0, 0}, {9, 1}, {8, 0}}));
    CHECK_FALSE(made({{0, 2}}));
    CHECK_FALSE(traffic_split::from_pieces({}, traffic_split::versions_max + 1).has_value());
}

TEST_CASE("neighbouring pieces of one version become one", "[routing]") {
    std::vector<piece> const pieces{{0, 0}, {10, 0}, {20, 1}};

    auto const split = traffic_split::from_pieces(pieces, 2);

    REQUIRE(split.has_value());
    CHECK(split->pieces().size() == 2);
    CHECK(masses_of(*split) == std::vector<std::uint32_t>{20, 65516});
}

TEST_CASE("a split is carried over to another list of versions", "[routing]") {
    traffic_split const split{weights_of({50, 30, 20})};
    // 0 moves to place 1, 1 is gone, 2 comes first; place 2 is new.
    std::vector<std::optional<std::uint16_t>> const places{1, std::nullopt, 0};

    auto const next = split.carried_over(places, weights_of({20, 50, 30}), 1);

    CHECK(masses_of(next) == std::vector<std::uint32_t>{13107, 32768, 19661});
    auto const before = owners_of(split);
    auto const after = owners_of(next);
    std::vector<std::uint16_t> const expected{1, 2, 0};
    int others = 0;
    for (std::size_t point = 0; point < before.size(); ++point) {
        others += after[point] != expected[before[point]] ? 1 : 0;
    }
    CHECK(others == 0);
}

TEST_CASE("what a gone version had goes to those that gain", "[routing]") {
    traffic_split const split{weights_of({50, 50})};
    std::vector<std::optional<std::uint16_t>> const places{std::nullopt, 0};

    auto const next = split.carried_over(places, weights_of({1}), 1);

    CHECK(next.pick(0) == traffic_split::choice{0, 65536});
    CHECK(next.pieces().size() == 1);
}

}  // namespace millrace::routing
