#include "proxy/simulation/unit_queue.hpp"

#include <catch2/catch.hpp>

namespace millrace::simulation {

TEST_CASE("units wait for the age of their outcome, in order", "[simulation]") {
    unit_queue held;
    auto const some = [](std::uint16_t outcome, std::uint64_t tick) {
        return rollout::unit_tick{
            .outcome = outcome, .epoch = 1, .tick = tick, .masses = {1, 1}, .units = {{}}};
    };
    held.add(some(2, 1), milliseconds{500});
    held.add(some(0, 1), milliseconds{100});
    held.add(some(0, 2), milliseconds{200});
    held.add({.outcome = 0, .epoch = 1, .tick = 3, .masses = {1, 1}, .units = {}}, milliseconds{0});

    CHECK(held.take_due(milliseconds{99}).empty());
    auto const early = held.take_due(milliseconds{200});
    REQUIRE(early.size() == 2);
    CHECK(early[0].tick == 1);
    CHECK(early[1].tick == 2);
    auto const late = held.take_due(milliseconds{900});
    REQUIRE(late.size() == 1);
    CHECK(late[0].outcome == 2);
}

}  // namespace millrace::simulation
