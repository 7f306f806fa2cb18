#include "proxy/net/task.hpp"

#include "proxy/net/worker.hpp"

#include "tests/support/driven_worker.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using millrace::net::task;
using millrace::net::worker;
using millrace::support::next_round;
using millrace::support::run;

namespace {

task<int> ready_value() {
    return 7;
}

task<std::unique_ptr<int>> movable_value() {
    co_return std::make_unique<int>(7);
}

task<int> later_value(worker& loop, std::vector<std::string>& seen) {
    seen.emplace_back("begun");
    next_round later{loop};
    co_await later;
    seen.emplace_back("ended");
    co_return 7;
}

task<void> nothing_later(worker& loop) {
    next_round later{loop};
    co_await later;
}

task<int> throws_at_once() {
    throw std::runtime_error{"at once"};
    co_return 0;
}

task<void> throws_later(worker& loop) {
    next_round later{loop};
    co_await later;
    throw std::runtime_error{"later"};
}

task<int> deep(worker& loop, int depth) {
    if (depth == 0) {
        next_round later{loop};
        co_await later;
        co_return 0;
    }
    auto const below = co_await deep(loop, depth - 1);
    co_return below + 1;
}

task<int> deep_and_ready(int depth) {
    if (depth == 0) {
        co_return 0;
    }
    auto const below = co_await deep_and_ready(depth - 1);
    co_return below + 1;
}

task<void> many_in_a_row() {
    int sum = 0;
    for (int i = 0; i < 100'000; ++i) {
        sum += co_await deep_and_ready(1);
    }
    CHECK(sum == 100'000);
}

}  // namespace

TEST_CASE("a ready value is a task without a frame", "[net][task]") {
    auto made = ready_value();

    CHECK(made.await_ready());
    CHECK(made.await_resume() == 7);
}

TEST_CASE("a coroutine that never suspends is ready at once", "[net][task]") {
    auto made = movable_value();

    REQUIRE(made.await_ready());
    CHECK(*made.await_resume() == 7);
}

namespace {

task<void> joins_later(worker& loop) {
    std::vector<std::string> seen;
    auto pending = later_value(loop, seen);
    CHECK(seen == std::vector<std::string>{"begun"});
    CHECK_FALSE(pending.await_ready());
    seen.emplace_back("beside");

    auto const value = co_await pending;

    CHECK(value == 7);
    CHECK(seen == std::vector<std::string>{"begun", "beside", "ended"});
}

task<void> joins_after_the_end(worker& loop) {
    std::vector<std::string> seen;
    auto pending = later_value(loop, seen);
    for (int i = 0; i < 3; ++i) {
        next_round later{loop};
        co_await later;
    }
    CHECK(pending.await_ready());
    auto moved = std::move(pending);
    auto const value = co_await moved;
    CHECK(value == 7);
}

task<void> joins_nothing(worker& loop) {
    auto first = nothing_later(loop);
    auto second = nothing_later(loop);
    co_await second;
    co_await first;
}

task<void> catches(worker& loop) {
    bool caught = false;
    try {
        (void)co_await throws_at_once();
    } catch (const std::runtime_error&) {
        caught = true;
    }
    CHECK(caught);
    auto pending = throws_later(loop);
    CHECK_FALSE(pending.await_ready());
    std::string what;
    try {
        co_await pending;
    } catch (const std::runtime_error& error) {
        what = error.what();
    }
    CHECK(what == "later");
}

task<void> goes_deep(worker& loop) {
    auto const depth = co_await deep(loop, 300);
    CHECK(depth == 300);
}

task<int> added(int to) {
    return to + 1;
}

task<void> goes_on_with_ready(worker&) {
    auto const sum = co_await then(task<int>{1}, added);
    CHECK(sum == 2);
    bool done = false;
    co_await then(task<void>{}, [&done] {
        done = true;
        return task<void>{};
    });
    CHECK(done);
}

task<void> goes_on_later(worker& loop) {
    std::vector<std::string> seen;
    auto waiting = then(later_value(loop, seen), added);
    CHECK_FALSE(waiting.await_ready());
    auto const sum = co_await std::move(waiting);
    CHECK(sum == 8);
    auto const after_nothing = co_await then(nothing_later(loop), [] { return task<int>{7}; });
    CHECK(after_nothing == 7);
}

}  // namespace

TEST_CASE("a task goes on with another, whether it is done or not", "[net][task]") {
    worker ready;
    run(ready, goes_on_with_ready(ready));
    worker later;
    run(later, goes_on_later(later));
}

TEST_CASE("a coroutine runs beside its maker until it is joined", "[net][task]") {
    worker loop;
    run(loop, joins_later(loop));
}

TEST_CASE("a coroutine may be joined after it ended, also when moved", "[net][task]") {
    worker loop;
    run(loop, joins_after_the_end(loop));
}

TEST_CASE("coroutines without a value are joined in any order", "[net][task]") {
    worker loop;
    run(loop, joins_nothing(loop));
}

TEST_CASE("what a coroutine throws comes out where it is joined", "[net][task]") {
    worker loop;
    run(loop, catches(loop));
}

TEST_CASE("the end of a coroutine goes through all that wait for it", "[net][task]") {
    worker loop;
    run(loop, goes_deep(loop));
}

TEST_CASE("a long row of ready coroutines takes no stack", "[net][task]") {
    worker loop;
    run(loop, many_in_a_row());
}
