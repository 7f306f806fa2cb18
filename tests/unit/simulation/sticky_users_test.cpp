#include "proxy/simulation/sticky_users.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace millrace::simulation {

namespace {

constexpr std::uint32_t half = 32'768;

double mean_badness(const std::vector<rollout::unit_outcome>& units, std::uint16_t arm) {
    double sum = 0;
    double count = 0;
    for (auto const& each : units) {
        sum += each.arm == arm ? each.value : 0;
        count += each.arm == arm ? 1 : 0;
    }
    return sum / count;
}

}  // namespace

TEST_CASE("users are split by their place and judged by their version's failures", "[simulation]") {
    draws chance{3};
    sticky_users users{{.count = 4'000, .icc = 0.2}, 0.1, chance};
    users.begin_epoch(1, half);

    auto const assigned = users.serve(chance, 40'000, 1, {0.1, 0.2});
    CHECK(assigned[0] + assigned[1] == 40'000);
    CHECK(assigned[1] == Approx(20'000).margin(1'500));
    auto const units = users.take_opened_before(2, stats::unit_outcome::fraction);

    CHECK(units.size() > 3'900);
    CHECK(mean_badness(units, 0) == Approx(0.1).margin(0.02));
    CHECK(mean_badness(units, 1) == Approx(0.2).margin(0.04));
    CHECK(units.front().masses == std::vector<std::uint32_t>{half, half});
    CHECK(users.take_opened_before(3, stats::unit_outcome::fraction).empty());
}

TEST_CASE("who was seen bets by the coin that is left, once in each epoch", "[simulation]") {
    draws chance{4};
    sticky_users users{{.count = 2'000, .icc = 0}, 0.1, chance};
    users.begin_epoch(1, half / 2);
    (void)users.serve(chance, 40'000, 1, {0.1, 0.1});
    auto const first = users.take_opened_before(2, stats::unit_outcome::one);
    (void)users.serve(chance, 40'000, 2, {0.1, 0.1});
    CHECK(users.take_opened_before(3, stats::unit_outcome::one).empty());

    users.begin_epoch(2, half);
    (void)users.serve(chance, 40'000, 3, {0.1, 0.1});
    auto const second = users.take_opened_before(4, stats::unit_outcome::one);

    // The candidate's users of before had to come to it: no bet on them. Of the others a third
    // moved: (1/2 - 1/4) / (3/4).
    CHECK(second.size() == Approx(0.75 * 2'000).margin(100));
    auto const moved =
        std::count_if(second.begin(), second.end(), [](const auto& each) { return each.arm == 1; });
    CHECK(static_cast<double>(moved) == Approx(500).margin(80));
    CHECK(second.front().masses == std::vector<std::uint32_t>{half, half / 2});
    CHECK(first.size() == Approx(2'000).margin(10));
    CHECK(std::all_of(second.begin(), second.end(), [](const auto& each) {
        return each.value == 0 || each.value == 1;
    }));
}

}  // namespace millrace::simulation
