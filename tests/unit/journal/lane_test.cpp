#include "proxy/journal/lane.hpp"

#include <catch2/catch.hpp>

#include <future>
#include <thread>
#include <vector>

using millrace::duration;
using millrace::journal::lane;

using namespace std::chrono_literals;

namespace {

/// A job that stays until it is let go.
struct held_job {
    std::promise<void> begun;
    std::promise<void> go;

    lane::job job() {
        return [this] {
            begun.set_value();
            go.get_future().wait();
        };
    }
};

}  // namespace

TEST_CASE("jobs run in order on one thread that is not the caller's", "[journal]") {
    std::vector<int> order;
    std::vector<std::thread::id> threads;
    {
        lane tested{100};
        for (int i = 0; i < 50; ++i) {
            REQUIRE(tested.run([&order, &threads, i] {
                order.push_back(i);
                threads.push_back(std::this_thread::get_id());
            }));
        }
    }
    REQUIRE(order.size() == 50);
    for (int i = 0; i < 50; ++i) {
        CHECK(order[static_cast<std::size_t>(i)] == i);
        CHECK(threads[static_cast<std::size_t>(i)] == threads[0]);
    }
    CHECK(threads[0] != std::this_thread::get_id());
}

TEST_CASE("a full lane refuses, and takes again when there is room", "[journal]") {
    held_job held;
    std::promise<void> second;
    lane tested{2};
    REQUIRE(tested.run(held.job()));
    REQUIRE(tested.run([&second] { second.set_value(); }));

    CHECK_FALSE(tested.run([] {}));
    CHECK(tested.depth() == 2);

    held.go.set_value();
    second.get_future().wait();
    while (tested.depth() != 0) {
        std::this_thread::yield();
    }
    CHECK(tested.run([] {}));
}

TEST_CASE("a job that hangs is as old as its wait", "[journal]") {
    held_job held;
    lane tested{2};
    auto const before = millrace::clock::now();
    CHECK(tested.oldest_age(before + 1h) == duration::zero());
    REQUIRE(tested.run(held.job()));
    held.begun.get_future().wait();
    auto const after = millrace::clock::now();

    CHECK(tested.oldest_age(after + 10s) >= 10s);
    CHECK(tested.oldest_age(before + 10s) <= 10s);
    CHECK(tested.oldest_age(before - 1s) == duration::zero());

    held.go.set_value();
}

TEST_CASE("a job may bring another, but not to a lane that ends", "[journal]") {
    int runs = 0;
    std::size_t depth_when_refused = 0;
    {
        std::promise<void> brought;
        bool taken = false;
        lane tested{1'000'000};
        REQUIRE(tested.run([&] {
            taken = tested.run([&] {
                ++runs;
                brought.set_value();
            });
        }));
        brought.get_future().wait();
        CHECK(taken);
        REQUIRE(tested.run([&] {
            while (tested.run([&runs] { ++runs; })) {
                std::this_thread::yield();  // until the end has begun
            }
            depth_when_refused = tested.depth();
        }));
    }
    CHECK(depth_when_refused < 1'000'000);
    CHECK(static_cast<std::size_t>(runs) == depth_when_refused);  // itself waits no more
}
