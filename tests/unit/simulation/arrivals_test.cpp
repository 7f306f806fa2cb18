#include "proxy/simulation/arrivals.hpp"

#include <catch2/catch.hpp>

namespace millrace::simulation {

namespace {

constexpr milliseconds tick{250};

/// Two arms; one outcome known after 1 s, one after 32 s.
arrivals::epoch epoch_of(std::uint32_t number) {
    return {
        .number = number,
        .masses = {60'000, 5'536},
        .outcomes = {{.age = milliseconds{1'000}}, {.age = milliseconds{32'000}}},
        .tick = tick};
}

/// 10 and 1 requests, of which one failed early and one more in the end.
std::vector<std::vector<stats::arm_tick>> one_tick() {
    return {
        {{.count = 10, .bad = 1}, {.count = 10, .bad = 2}},
        {{.count = 1, .bad = 0}, {.count = 1, .bad = 0}}};
}

}  // namespace

TEST_CASE("a tick comes out when its age has passed, whole and in order", "[simulation]") {
    arrivals held;
    held.begin(epoch_of(1), milliseconds{0});
    held.add(one_tick(), tick);
    held.add(one_tick(), 2 * tick);

    CHECK(held.take_due(milliseconds{1'249}).empty());
    auto const first = held.take_due(milliseconds{1'250});
    REQUIRE(first.size() == 1);
    CHECK(first.front().outcome == 0);
    CHECK(first.front().epoch == 1);
    CHECK(first.front().tick == 0);
    CHECK(first.front().masses == std::vector<std::uint32_t>{60'000, 5'536});
    CHECK(first.front().counts[0].count == 10);
    CHECK(first.front().counts[0].bad == 1);
    auto const second = held.take_due(milliseconds{1'500});
    REQUIRE(second.size() == 1);
    CHECK(second.front().tick == 1);
}

TEST_CASE("old ages have coarse ticks", "[simulation]") {
    arrivals held;
    held.begin(epoch_of(1), milliseconds{0});
    for (int i = 1; i <= 8; ++i) {
        held.add(one_tick(), i * tick);
    }

    auto const due = held.take_due(milliseconds{34'000});

    REQUIRE(due.size() == 10);
    CHECK(due[8].outcome == 1);
    CHECK(due[8].counts[0].count == 40);
    CHECK(due[8].counts[0].bad == 8);
    CHECK(due[9].tick == 1);
}

TEST_CASE("a new epoch begins new ticks, and those of the old one still come", "[simulation]") {
    arrivals held;
    held.begin(epoch_of(1), milliseconds{0});
    held.add(one_tick(), tick);
    held.begin(epoch_of(2), tick);
    held.add(one_tick(), 2 * tick);

    auto const due = held.take_due(std::chrono::hours{1});

    REQUIRE(due.size() == 3);  // the long tick of epoch 2 is still open
    CHECK(due[0].epoch == 1);
    CHECK(due[1].epoch == 2);
    CHECK(due[1].tick == 0);
    CHECK(due[2].epoch == 1);
    CHECK(due[2].outcome == 1);
}

TEST_CASE("a tick in which nothing was assigned is left out", "[simulation]") {
    arrivals held;
    held.begin(epoch_of(1), milliseconds{0});
    held.add({{{}, {}}, {{}, {}}}, tick);

    CHECK(held.take_due(std::chrono::hours{1}).empty());
}

}  // namespace millrace::simulation
