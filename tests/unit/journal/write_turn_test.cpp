#include "proxy/journal/write_turn.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

using millrace::journal::write_turn;

TEST_CASE("one has the turn at a time", "[journal]") {
    write_turn turn;
    int inside = 0;
    int most = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int j = 0; j < 1'000; ++j) {
                std::lock_guard const ours{turn};
                most = std::max(most, ++inside);
                --inside;
            }
        });
    }
    for (auto& each : threads) {
        each.join();
    }
    CHECK(most == 1);
    CHECK(inside == 0);
}

TEST_CASE("who asks while another has it comes before that one's next turn", "[journal]") {
    write_turn turn;
    std::atomic<bool> asks{false};
    std::atomic<bool> had{false};
    turn.lock();
    std::thread other{[&] {
        asks = true;
        std::lock_guard const ours{turn};
        had = true;
    }};
    // Turns are given out in the order of asking: once it has asked, it comes first.
    while (!asks) {
        std::this_thread::yield();
    }
    while (!had) {
        turn.unlock();
        turn.lock();
    }
    turn.unlock();
    other.join();
    CHECK(had);
}
