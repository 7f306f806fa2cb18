#include "proxy/metrics/unit_ring.hpp"

#include "proxy/base/random.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <set>
#include <thread>
#include <vector>

namespace millrace::metrics {

using namespace std::chrono_literals;

namespace {

const time_point start{100h};

struct stage {
    explicit stage(std::size_t events) : ring{admitted, events} {}

    std::vector<unit_event> drained() {
        std::vector<unit_event> events;
        ring.drain(events);
        return events;
    }

    std::shared_ptr<unit_admission> admitted = std::make_shared<unit_admission>(7);
    unit_ring ring;
};

}  // namespace

TEST_CASE("what is told arrives once, in its order", "[metrics][unit]") {
    stage play{64};
    unit_event const assigned{.unit = 5, .assigned_at = start};
    unit_event const ended{.unit = 5, .assigned_at = start, .outcomes = 3, .ended = true};

    REQUIRE(play.ring.begin(assigned));
    play.ring.end(ended);

    CHECK(play.drained() == std::vector{assigned, ended});
    CHECK(play.drained().empty());
}

TEST_CASE("a threshold only falls", "[metrics][unit]") {
    unit_admission admitted{1};

    admitted.lower_to(500);
    admitted.lower_to(900);

    CHECK(admitted.threshold() == 500);
}

TEST_CASE("who is not admitted is not told", "[metrics][unit]") {
    stage play{64};
    play.admitted->lower_to(0);

    CHECK_FALSE(play.ring.begin({.unit = 5, .assigned_at = start}));
    CHECK(play.drained().empty());
}

// Whoever is still admitted at the end was never left out: the ring drops by unit, for good.
TEST_CASE("a reader that is behind costs units, not events", "[metrics][unit]") {
    stage play{256};
    random_source random{3};
    std::set<std::uint64_t> told;
    std::vector<std::uint64_t> all;
    for (int i = 0; i < 5'000; ++i) {
        auto const unit = random.next();
        all.push_back(unit);
        if (play.ring.begin({.unit = unit, .assigned_at = start})) {
            told.insert(unit);
        }
    }
    for (auto const unit : told) {
        play.ring.end({.unit = unit, .assigned_at = start, .ended = true});
    }

    CHECK(play.drained().size() == 2 * told.size());
    CHECK(told.size() <= 128);
    CHECK(told.size() > 64);
    CHECK(play.admitted->threshold() > 0);
    for (auto const unit : all) {
        bool const admitted = play.admitted->second_hash_of(unit) <= play.admitted->threshold();
        CHECK((!admitted || told.count(unit) == 1));
    }
}

TEST_CASE("half of the units stay while half of the room is left", "[metrics][unit]") {
    stage play{1'024};
    random_source random{3};

    std::uint64_t begun = 0;
    while (begun < 300) {
        begun += play.ring.begin({.unit = random.next(), .assigned_at = start}) ? 1 : 0;
    }

    CHECK(play.admitted->threshold() == ~std::uint64_t{0} / 2);
}

TEST_CASE("a reader on another thread misses nothing", "[metrics][unit]") {
    constexpr std::uint64_t requests = 200'000;
    stage play{1'024};
    std::atomic<bool> over{false};
    std::uint64_t begun = 0;
    std::thread writer{[&play, &over, &begun] {
        random_source random{9};
        for (std::uint64_t i = 0; i < requests; ++i) {
            auto const unit = random.next();
            if (play.ring.begin({.unit = unit, .assigned_at = start + std::chrono::nanoseconds{i}}
                )) {
                ++begun;
                play.ring.end(
                    {.unit = unit,
                     .assigned_at = start + std::chrono::nanoseconds{i},
                     .ended = true}
                );
            }
        }
        over = true;
    }};

    std::uint64_t pairs = 0;
    unit_event last;
    std::vector<unit_event> events;
    bool in_order = true;
    for (bool ending = false; !ending;) {
        ending = over;
        events.clear();
        play.ring.drain(events);
        for (auto const& each : events) {
            bool const ends_last = each.ended && each.unit == last.unit && !last.ended;
            in_order = in_order && (each.ended ? ends_last : each.assigned_at >= last.assigned_at);
            pairs += each.ended ? 1 : 0;
            last = each;
        }
    }
    writer.join();

    CHECK(in_order);
    CHECK(pairs == begun);
    CHECK(begun > 0);
}

}  // namespace millrace::metrics
