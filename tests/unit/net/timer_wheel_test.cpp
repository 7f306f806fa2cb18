#include "proxy/net/timer_wheel.hpp"

#include "proxy/base/random.hpp"

#include <catch2/catch.hpp>

#include <deque>
#include <vector>

using millrace::duration;
using millrace::no_deadline;
using millrace::time_point;
using millrace::net::timer_node;
using millrace::net::timer_wheel;
using namespace std::chrono_literals;

namespace {

constexpr time_point start{1'000s};

/// Fires at its deadline, like a connection; counts the looks in vain.
class timed_node final : public timer_node {
 public:
    time_point on_timer(time_point now) override {
        if (now < deadline) {
            ++looks_in_vain;
            return deadline;
        }
        fired.push_back(now);
        return std::exchange(deadline, no_deadline), no_deadline;
    }

    time_point deadline = no_deadline;
    std::vector<time_point> fired;
    int looks_in_vain = 0;
};

/// Advances as a worker does: now and then, at any time.
void advance(timer_wheel& wheel, time_point from, time_point to, duration step) {
    for (auto now = from; now <= to; now += step) {
        wheel.advance(now);
    }
}

void set(timer_wheel& wheel, timed_node& of, time_point deadline) {
    of.deadline = deadline;
    wheel.watch(of, deadline);
}

}  // namespace

TEST_CASE("a deadline fires never early and at most two ticks late", "[net][timer_wheel]") {
    for (auto const after :
         {0ms,
          1ms,
          99ms,
          100ms,
          101ms,
          150ms,
          199ms,
          200ms,
          1'000ms,
          5'432ms,
          102'300ms,
          102'400ms,
          102'500ms,
          250'000ms}) {
        timer_wheel wheel{start};
        timed_node node;
        set(wheel, node, start + after);

        advance(wheel, start, start + after + 1s, 7ms);

        CAPTURE(after.count());
        REQUIRE(node.fired.size() == 1);
        CHECK(node.fired[0] >= start + after);
        CHECK(node.fired[0] <= start + after + 2 * timer_wheel::tick + 7ms);
    }
}

TEST_CASE("a thousand deadlines at random keep their time", "[net][timer_wheel]") {
    timer_wheel wheel{start};
    millrace::random_source random{3};
    std::deque<timed_node> nodes(1'000);
    std::vector<time_point> deadlines;
    for (auto& node : nodes) {
        deadlines.push_back(start + std::chrono::milliseconds{random.below(200'000)});
        set(wheel, node, deadlines.back());
    }

    advance(wheel, start, start + 201s, 100ms);

    for (std::size_t i = 0; i < nodes.size(); ++i) {
        REQUIRE(nodes[i].fired.size() == 1);
        CHECK(nodes[i].fired[0] >= deadlines[i]);
        CHECK(nodes[i].fired[0] <= deadlines[i] + 2 * timer_wheel::tick + 100ms);
    }
}

TEST_CASE("a deadline set while time went on keeps its time", "[net][timer_wheel]") {
    timer_wheel wheel{start};
    advance(wheel, start, start + 3'333ms, 11ms);
    timed_node node;
    auto const deadline = start + 3'333ms + 1ms;

    set(wheel, node, deadline);
    advance(wheel, start + 3'333ms, start + 4s, 11ms);

    REQUIRE(node.fired.size() == 1);
    CHECK(node.fired[0] >= deadline);
    CHECK(node.fired[0] <= deadline + 2 * timer_wheel::tick + 11ms);
}

TEST_CASE("a later deadline leaves the node in place", "[net][timer_wheel]") {
    timer_wheel wheel{start};
    timed_node node;
    set(wheel, node, start + 1s);

    // As if a connection was used all the time.
    for (int i = 1; i <= 100; ++i) {
        set(wheel, node, start + 1s + i * 10ms);
    }
    advance(wheel, start, start + 5s, 50ms);

    REQUIRE(node.fired.size() == 1);
    CHECK(node.fired[0] >= start + 2s);
    CHECK(node.fired[0] <= start + 2s + 2 * timer_wheel::tick + 50ms);
    CHECK(node.looks_in_vain == 1);
}

TEST_CASE("an earlier deadline moves the node", "[net][timer_wheel]") {
    timer_wheel wheel{start};
    timed_node node;
    set(wheel, node, start + 60s);

    set(wheel, node, start + 1s);
    advance(wheel, start, start + 2s, 50ms);

    REQUIRE(node.fired.size() == 1);
    CHECK(node.fired[0] <= start + 1s + 2 * timer_wheel::tick + 50ms);
    advance(wheel, start + 2s, start + 70s, 50ms);
    CHECK(node.fired.size() == 1);
}

TEST_CASE("no deadline is never looked at", "[net][timer_wheel]") {
    timer_wheel wheel{start};
    timed_node node;

    wheel.watch(node, no_deadline);
    advance(wheel, start, start + 300s, 1s);

    CHECK(node.fired.empty());
    CHECK(node.looks_in_vain == 0);
}

TEST_CASE("a destroyed node is forgotten", "[net][timer_wheel]") {
    timer_wheel wheel{start};
    timed_node before;
    timed_node after;
    set(wheel, before, start + 1s);
    {
        timed_node gone;
        set(wheel, gone, start + 1s);
        set(wheel, after, start + 1s);
    }

    advance(wheel, start, start + 2s, 100ms);

    CHECK(before.fired.size() == 1);
    CHECK(after.fired.size() == 1);
}

TEST_CASE("a deadline in the past fires with the next tick", "[net][timer_wheel]") {
    timer_wheel wheel{start};
    advance(wheel, start, start + 10s, 100ms);
    timed_node node;

    set(wheel, node, start - 5s);
    wheel.advance(start + 10s);
    CHECK(node.fired.empty());
    wheel.advance(start + 10s + 2 * timer_wheel::tick);

    CHECK(node.fired.size() == 1);
}

TEST_CASE("a loop that was held up catches up", "[net][timer_wheel]") {
    timer_wheel wheel{start};
    std::deque<timed_node> nodes(50);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        set(wheel, nodes[i], start + static_cast<int>(i) * 10s);
    }

    wheel.advance(start + 1'000s);

    for (auto const& node : nodes) {
        CHECK(node.fired.size() == 1);
    }
    CHECK(wheel.next_advance() > start + 1'000s);
    CHECK(wheel.next_advance() <= start + 1'000s + timer_wheel::tick);
}

namespace {

/// Ends itself when it fires, as an idle connection does.
class suicidal final : public timer_node {
 public:
    explicit suicidal(int& count) : count_{count} {}

    time_point on_timer(time_point) override {
        ++count_;
        delete this;
        return no_deadline;
    }

 private:
    int& count_;
};

/// Watches another node from within its own timer.
class chain final : public timer_node {
 public:
    chain(timer_wheel& wheel, timed_node& next) : wheel_{wheel}, next_{next} {}

    time_point on_timer(time_point now) override {
        set(wheel_, next_, now);
        return no_deadline;
    }

 private:
    timer_wheel& wheel_;
    timed_node& next_;
};

}  // namespace

TEST_CASE("a node may destroy itself when its time has come", "[net][timer_wheel]") {
    timer_wheel wheel{start};
    int count = 0;
    for (int i = 0; i < 10; ++i) {
        wheel.watch(*new suicidal{count}, start + 1s);
    }

    advance(wheel, start, start + 2s, 100ms);

    CHECK(count == 10);
}

TEST_CASE("what is watched while a tick is served fires in a later one", "[net][timer_wheel]") {
    timer_wheel wheel{start};
    timed_node next;
    chain first{wheel, next};
    wheel.watch(first, start);

    wheel.advance(start + timer_wheel::tick);
    CHECK(next.fired.empty());
    wheel.advance(start + 3 * timer_wheel::tick);

    CHECK(next.fired.size() == 1);
}

TEST_CASE("the next advance is never more than a tick away", "[net][timer_wheel]") {
    timer_wheel wheel{start};
    CHECK(wheel.next_advance() == start + timer_wheel::tick);

    wheel.advance(start + 250ms);

    CHECK(wheel.next_advance() == start + 3 * timer_wheel::tick);
}
