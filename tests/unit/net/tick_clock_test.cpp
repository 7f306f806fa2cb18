#include "proxy/net/tick_clock.hpp"

#include <catch2/catch.hpp>

#include <chrono>

namespace millrace::net {

using namespace std::chrono_literals;

namespace {

void pass(duration time) {
    auto const until = clock::now() + time;
    while (clock::now() < until) {
    }
}

/// What now() says lies between two readings of the system's clock, but for a little of the rate's
/// error: a machine that is suspended here for 10 ms still passes.
void check_against_system(const tick_clock& ticks) {
    for (int i = 0; i < 1000; ++i) {
        auto const before = clock::now();
        auto const now = ticks.now();
        auto const after = clock::now();
        REQUIRE(now >= before - 10ms);
        REQUIRE(now <= after + 10ms);
    }
}

}  // namespace

TEST_CASE("a tick clock that never learned its rate asks the system", "[net][clock]") {
    tick_clock const ticks;
    check_against_system(ticks);
}

TEST_CASE("a tick clock follows the system's between its readings", "[net][clock]") {
    tick_clock ticks;
    for (int round = 0; round < 5; ++round) {
        pass(10ms);
        auto const read = ticks.read();
        CHECK(ticks.last() == read);
        check_against_system(ticks);
    }
}

TEST_CASE("a tick clock that was not read for long asks the system", "[net][clock]") {
    tick_clock ticks;
    pass(30ms);
    ticks.read();
    pass(150ms);
    check_against_system(ticks);
}

}  // namespace millrace::net
