#include "proxy/control/unit_windows.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <memory>
#include <vector>

namespace millrace::control {

using namespace std::chrono_literals;

namespace {

const time_point start{1000h};

constexpr std::size_t early = 0;  // failed within a second
constexpr std::size_t full = 1;   // not a good answer within 50 ms

struct stage {
    explicit stage(unit_windows_params chosen = {}) {
        chosen.window = 10s;
        chosen.tick_length = 250ms;
        make(chosen);
    }

    void make(const unit_windows_params& chosen) {
        epoch.epoch = 4;
        epoch.outcomes = {
            {.kind = rollout::outcome_kind::failed_within, .age = 1s, .per_unit = true},
            {.kind = rollout::outcome_kind::not_good_within,
             .age = 2s,
             .primary_threshold = 50ms,
             .candidate_threshold = 50ms,
             .per_unit = true}};
        epoch.versions = {0, 1};
        epoch.masses = {60'000, 5'536};
        epoch.counts = std::make_shared<metrics::route_evidence>(
            evidence_params_for(epoch, 2, start, 250ms), 1
        );
        windows = std::make_unique<unit_windows>(epoch, chosen);
    }

    void open(std::uint64_t unit, time_point at, std::uint16_t arm = 0) {
        windows->open({unit, at, arm, {}});
        begin(unit, at);
    }

    void begin(std::uint64_t unit, time_point at) {
        CHECK(windows->tell({.unit = unit, .assigned_at = at}));
    }

    void end(std::uint64_t unit, time_point at, bool failed) {
        std::uint16_t const happened = failed ? 0b01 : 0b10;
        CHECK(windows->tell({.unit = unit, .assigned_at = at, .outcomes = happened, .ended = true})
        );
    }

    std::vector<rollout::unit_tick> read(std::size_t outcome, time_point now) {
        std::vector<rollout::unit_tick> ticks;
        windows->read(outcome, now, ticks);
        return ticks;
    }

    evidence_epoch epoch;
    std::unique_ptr<unit_windows> windows;
};

}  // namespace

TEST_CASE("a unit enters when its window and the age have passed", "[control][unit]") {
    stage play;
    play.open(7, start + 100ms, 1);
    play.end(7, start + 100ms, false);
    play.begin(7, start + 9s);
    play.end(7, start + 9s, true);

    CHECK(play.read(full, start + 12'269ms).empty());
    auto const ticks = play.read(full, start + 12'270ms);
    CHECK(play.read(full, start + 20s).empty());

    REQUIRE(ticks.size() == 1);
    CHECK(ticks[0].outcome == full);
    CHECK(ticks[0].epoch == 4);
    CHECK(ticks[0].tick == 0);
    CHECK(ticks[0].masses == std::vector<std::uint32_t>{60'000, 5'536});
    REQUIRE(ticks[0].units.size() == 1);
    CHECK(ticks[0].units[0].arm == 1);
    CHECK(ticks[0].units[0].value == 0.5);
}

TEST_CASE("an early failure has a window of its own age", "[control][unit]") {
    stage play;
    play.open(7, start);
    play.end(7, start, true);
    play.begin(7, start + 500ms);
    play.end(7, start + 500ms, false);
    play.begin(7, start + 2s);
    play.end(7, start + 2s, true);

    auto const ticks = play.read(early, start + 2'270ms);

    REQUIRE(ticks.size() == 1);
    CHECK(ticks[0].units[0].value == 0.5);
}

TEST_CASE("what has not ended counts as what it is", "[control][unit]") {
    stage play;
    play.open(7, start);

    CHECK(play.read(early, start + 20s).at(0).units.at(0).value == 0.0);
    CHECK(play.read(full, start + 20s).at(0).units.at(0).value == 1.0);
}

TEST_CASE("the change of weights cuts windows", "[control][unit]") {
    stage play;
    play.open(7, start);
    play.end(7, start, false);
    play.windows->cut(start + 3s);
    play.begin(7, start + 4s);
    play.end(7, start + 4s, true);

    CHECK(play.read(full, start + 5s).empty());
    auto const ticks = play.read(full, start + 5'020ms);

    REQUIRE(ticks.size() == 1);
    CHECK(ticks[0].units[0].value == 0.0);
}

TEST_CASE("an end after the window is of no window", "[control][unit]") {
    stage play;
    play.open(7, start);
    play.end(7, start, false);
    CHECK(play.read(early, start + 20s).size() == 1);
    CHECK(play.windows->size() == 1);
    CHECK(play.read(full, start + 20s).size() == 1);

    CHECK_FALSE(play.windows->tell({.unit = 7, .assigned_at = start, .ended = true}));
    CHECK(play.windows->is_read(full));
    CHECK(play.windows->size() == 0);
}

TEST_CASE("ticks come in order, units by time of assignment", "[control][unit]") {
    stage play;
    play.open(3, start + 600ms, 1);
    play.open(2, start + 100ms, 0);
    play.open(1, start + 50ms, 1);

    auto const ticks = play.read(early, start + 30s);

    REQUIRE(ticks.size() == 2);
    CHECK(ticks[0].tick == 0);
    CHECK(ticks[1].tick == 2);
    REQUIRE(ticks[0].units.size() == 2);
    CHECK(ticks[0].units[0].arm == 1);
    CHECK(ticks[0].units[1].arm == 0);
}

TEST_CASE("a limit leaves units out at random", "[control][unit]") {
    stage play{{.tick_units_max = 100}};
    play.make({.window = 0s, .tick_length = 250ms, .tick_units_max = 100});
    for (std::uint64_t i = 0; i < 4'000; ++i) {
        std::uint64_t const unit = i << 48 | i;
        play.windows->open({unit, start, static_cast<std::uint16_t>(i < 2'000 ? 0 : 1), {}});
    }

    auto const ticks = play.read(early, start + 10s);

    REQUIRE(ticks.size() == 1);
    auto const& units = ticks[0].units;
    CHECK(units.size() > 25);
    CHECK(units.size() <= 100);
    auto const second =
        std::count_if(units.begin(), units.end(), [](const auto& each) { return each.arm == 1; });
    CHECK(second > 8);
    CHECK(static_cast<std::size_t>(second) + 8 < units.size());
}

TEST_CASE(
    "an outcome that waits for its threshold, or is of no request, enters nothing",
    "[control][unit]"
) {
    stage play;
    play.epoch.outcomes[full].primary_threshold = {};
    play.epoch.outcomes[early].per_unit = false;
    play.open(7, start);

    CHECK(play.read(full, start + 30s).empty());
    CHECK(play.read(early, start + 30s).empty());
    CHECK(play.windows->size() == 0);
}

}  // namespace millrace::control
