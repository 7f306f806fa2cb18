#include "proxy/net/worker.hpp"

#include "tests/support/driven_worker.hpp"
#include "tests/support/peer.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

using millrace::errc;
using millrace::no_deadline;
using millrace::net::task;
using millrace::net::worker;
namespace support = millrace::support;
using namespace std::chrono_literals;

TEST_CASE("jobs run in the order in which they were posted", "[net][worker]") {
    worker loop;
    std::vector<int> order;
    for (int i = 0; i < 100; ++i) {
        loop.post([&order, i] { order.push_back(i); });
    }
    loop.post([&loop] { loop.stop(); });

    loop.run();

    REQUIRE(order.size() == 100);
    CHECK(std::is_sorted(order.begin(), order.end()));
}

TEST_CASE("a job that posts another one lets it run later", "[net][worker]") {
    worker loop;
    std::string order;
    loop.post([&] {
        loop.post([&] {
            order += 'c';
            loop.stop();
        });
        order += 'a';
    });
    loop.post([&order] { order += 'b'; });

    loop.run();

    CHECK(order == "abc");
}

TEST_CASE("other threads wake a worker that sleeps", "[net][worker]") {
    worker loop;
    std::atomic<int> ran{0};
    std::thread::id where;
    std::thread serving{[&loop, &where] {
        where = std::this_thread::get_id();
        loop.run();
    }};

    std::vector<std::thread> posters;
    for (int i = 0; i < 4; ++i) {
        posters.emplace_back([&loop, &ran, &where] {
            for (int j = 0; j < 1'000; ++j) {
                loop.post([&ran, &where] { ran += where == std::this_thread::get_id() ? 1 : 0; });
            }
        });
    }
    for (auto& poster : posters) {
        poster.join();
    }
    loop.post([&loop] { loop.stop(); });
    serving.join();

    CHECK(ran == 4'000);
}

TEST_CASE("stop ends the loop from any thread", "[net][worker]") {
    worker loop;
    std::thread serving{[&loop] { loop.run(); }};

    loop.stop();
    serving.join();

    SUCCEED();
}

TEST_CASE("jobs that were posted before the end still run", "[net][worker]") {
    worker loop;
    bool ran = false;
    loop.post([&] {
        loop.stop();
        loop.post([&ran] { ran = true; });
    });

    loop.run();

    CHECK(ran);
}

namespace {

task<void> waits_for_input(millrace::net::connection& of, errc& outcome) {
    outcome = co_await of.readable(no_deadline);
}

task<void> ends_with_cancelled_waits(support::connected& ends) {
    errc outcome = errc::ok;
    auto waiting = waits_for_input(*ends.ours, outcome);
    ends.ours->cancel(errc::draining);
    co_await waiting;
    CHECK(outcome == errc::draining);
}

task<void> sees_the_time_of_its_round(worker& loop) {
    auto const before = loop.now();
    support::next_round later{loop};
    co_await later;
    CHECK(loop.now() >= before);
    CHECK(loop.now() <= millrace::clock::now());
}

/// Buries a connection while an event of its own is being served.
task<void> buries_what_is_being_served(support::connected& ends) {
    ends.theirs.send("x");
    (void)co_await ends.ours->readable(no_deadline);
    ends.ours.reset();
}

/// Ends a connection that has an event of its own later in the same round.
task<void> ends_another(support::connected& one, support::connected& other) {
    (void)co_await one.ours->readable(no_deadline);
    std::array<char, 8> buffer{};
    (void)one.ours->read(buffer);
    other.ours.reset();
    co_await support::pass_rounds(one.ours->owner(), 1);
}

class counting_source final : public millrace::net::event_source {
 public:
    void on_events(std::uint32_t) override { ++events; }

    int events = 0;
};

}  // namespace

TEST_CASE("a connection may end while an event of its own waits in the round", "[net][worker]") {
    worker loop;
    auto one = support::make_pair(loop);
    auto other = support::make_pair(loop);
    one.theirs.send("x");
    other.theirs.send("y");

    support::run(loop, ends_another(one, other));

    CHECK((other.theirs.sees_reset() || other.theirs.sees_end()));
}

TEST_CASE("cancelled waits resume before the loop goes on", "[net][worker]") {
    worker loop;
    auto ends = support::make_pair(loop);
    support::run(loop, ends_with_cancelled_waits(ends));
}

TEST_CASE("a worker's time goes forward with its rounds", "[net][worker]") {
    worker loop;
    support::run(loop, sees_the_time_of_its_round(loop));
}

TEST_CASE("a connection may end while its event is being served", "[net][worker]") {
    worker loop;
    auto ends = support::make_pair(loop);

    support::run(loop, buries_what_is_being_served(ends));

    (void)ends.theirs.receive();
    CHECK_FALSE(ends.ours);
}

TEST_CASE("a closed descriptor cannot be registered", "[net][worker]") {
    worker loop;
    counting_source source;

    CHECK(loop.add(-1, 0, source) == EBADF);
}

TEST_CASE("events come until the source is taken out", "[net][worker]") {
    worker loop;
    counting_source source;
    auto ends = support::make_pair(loop);
    auto unregistered = support::make_pair(loop);
    // The other end of a pair is a plain socket, ours to register.
    int const fd = unregistered.theirs.fd();
    REQUIRE(loop.add(fd, 1 /* EPOLLIN */, source) == 0);
    CHECK(loop.add(fd, 1, source) == EEXIST);
    REQUIRE(::write(unregistered.ours->fd(), "x", 1) == 1);

    loop.post([&] { loop.post([&] { loop.remove(fd); }); });
    support::run(loop, support::pass_rounds(loop, 10));

    CHECK(source.events > 0);
    CHECK(source.events < 5);
}

TEST_CASE("the scratch buffer is as large as it says", "[net][worker]") {
    worker loop;

    auto const scratch = loop.scratch();

    REQUIRE(scratch.size() == worker::scratch_bytes);
    scratch.front() = 'a';
    scratch.back() = 'z';
    CHECK(loop.scratch().back() == 'z');
}
