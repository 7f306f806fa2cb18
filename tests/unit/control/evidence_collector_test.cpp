#include "proxy/control/evidence_collector.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdint>

namespace millrace::control {

using namespace std::chrono_literals;

namespace {

const time_point start{1000h};

evidence_epoch epoch_of(std::uint32_t number, time_point origin) {
    evidence_epoch made;
    made.epoch = number;
    made.outcomes = {
        {.kind = rollout::outcome_kind::failed_within, .age = 1s},
        {.kind = rollout::outcome_kind::not_good_within,
         .age = 1s,
         .primary_threshold = 10ms,
         .candidate_threshold = 20ms}};
    made.versions = {1, 0};
    made.masses = {60'000, 5'536};
    made.counts =
        std::make_shared<metrics::route_evidence>(evidence_params_for(made, 2, origin, 250ms), 1);
    return made;
}

void serve(const evidence_epoch& in, std::size_t version, time_point at, duration lasted) {
    observation observed;
    observed.status = 200;
    in.counts->shard(0, version)->begin(at);
    in.counts->shard(0, version)->end(at, at + lasted, observed);
}

}  // namespace

TEST_CASE("a tick is read when its age has passed, and once", "[control][evidence]") {
    evidence_collector collector;
    auto const epoch = epoch_of(3, start);
    collector.begin(epoch);
    serve(epoch, 1, start + 100ms, 5ms);

    CHECK(collector.read(start + 1250ms).empty());
    auto const ticks = collector.read(start + 1271ms);
    CHECK(collector.read(start + 1300ms).empty());

    REQUIRE(ticks.size() == 2);
    CHECK(ticks[0].epoch == 3);
    CHECK(ticks[0].tick == 0);
    CHECK(ticks[0].masses == std::vector<std::uint32_t>{60'000, 5'536});
    CHECK(ticks[0].counts[0].count == 1);
    CHECK(ticks[0].counts[0].bad == 0);
}

TEST_CASE("each arm is judged by its own threshold", "[control][evidence]") {
    evidence_collector collector;
    auto const epoch = epoch_of(1, start);
    collector.begin(epoch);
    serve(epoch, 1, start, 15ms);
    serve(epoch, 0, start, 15ms);

    auto const ticks = collector.read(start + 2s);

    REQUIRE(ticks.size() == 2);
    CHECK(ticks[1].outcome == 1);
    CHECK(ticks[1].counts[0].bad == 1);
    CHECK(ticks[1].counts[1].bad == 0);
}

TEST_CASE("an outcome without a threshold says nothing", "[control][evidence]") {
    evidence_collector collector;
    auto epoch = epoch_of(1, start);
    epoch.outcomes[1].primary_threshold = {};
    collector.begin(epoch);
    serve(epoch, 1, start, 15ms);

    auto const ticks = collector.read(start + 2s);

    REQUIRE(ticks.size() == 1);
    CHECK(ticks[0].outcome == 0);
}

TEST_CASE("an epoch's last ticks enter before the next epoch's first", "[control][evidence]") {
    evidence_collector collector;
    auto const first = epoch_of(1, start);
    auto const second = epoch_of(2, start + 600ms);
    collector.begin(first);
    collector.begin(second);
    serve(second, 1, start + 601ms, 1ms);
    serve(first, 1, start + 620ms, 1ms);

    CHECK(collector.read(start + 1500ms).empty());
    collector.finish_before(start + 630ms);
    auto const ticks = collector.read(start + 3s);

    REQUIRE(ticks.size() == 4);
    CHECK(ticks[0].epoch == 1);
    CHECK(ticks[0].tick == 2);
    CHECK(ticks[1].epoch == 2);
    CHECK(ticks[1].tick == 0);
}

TEST_CASE("when all epochs have ended, what was assigned still enters", "[control][evidence]") {
    evidence_collector collector;
    auto const epoch = epoch_of(1, start);
    collector.begin(epoch);
    serve(epoch, 1, start + 10ms, 1ms);

    collector.finish_all(start + 20ms);

    CHECK(collector.read(start + 10s).size() == 2);
    CHECK(collector.read(start + 20s).empty());
}

TEST_CASE("a tick that was gone before it could be read is counted", "[control][evidence]") {
    evidence_collector collector;
    auto const epoch = epoch_of(1, start);
    collector.begin(epoch);
    serve(epoch, 1, start, 1ms);
    serve(epoch, 1, start + 64 * 250ms, 1ms);

    auto const ticks = collector.read(start + 18s);

    CHECK(collector.ticks_lost() == 2);
    CHECK(ticks.size() == 2);
}

}  // namespace millrace::control
