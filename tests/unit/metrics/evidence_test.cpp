#include "proxy/metrics/evidence.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

namespace millrace::metrics {

using namespace std::chrono_literals;

namespace {

const time_point origin{100h};

evidence_params two_versions() {
    evidence_params params{.origin = origin, .tick_lengths = {250ms, 250ms}, .versions = {}};
    evidence_params::version const judged{
        .rules = {{outcome_event::failed, 1s}, {outcome_event::answered_well, 50ms}}};
    params.versions = {judged, {}, judged};
    return params;
}

observation good() {
    observation observed;
    observed.status = 200;
    return observed;
}

observation failed() {
    observation observed;
    observed.status = 502;
    observed.failure = errc::upstream_cut;
    return observed;
}

/// What one worker counts of two versions, and its shard of the first.
struct one_worker {
    route_evidence evidence{two_versions(), 1};
    evidence_shard& shard = *evidence.shard(0, 0);

    [[nodiscard]] std::optional<rule_counts> counts(std::size_t rule, std::uint64_t tick) const {
        return evidence.counts(rule, tick, 0);
    }
};

void exchange(evidence_shard& shard, duration at, duration lasted, const observation& observed) {
    shard.begin(origin + at);
    shard.end(origin + at, origin + at + lasted, observed);
}

}  // namespace

TEST_CASE("an outcome counts for the tick of its assignment", "[metrics][evidence]") {
    one_worker one;

    exchange(one.shard, 10ms, 30ms, good());
    exchange(one.shard, 240ms, 40ms, good());
    exchange(one.shard, 260ms, 10ms, good());

    CHECK(one.counts(1, 0)->assigned == 2);
    CHECK(one.counts(1, 0)->events == 2);
    CHECK(one.counts(1, 1)->assigned == 1);
    CHECK(one.counts(1, 2)->assigned == 0);
    CHECK(one.evidence.end_of(1, 0) == origin + 250ms);
}

TEST_CASE("what is known only after the limit is no event", "[metrics][evidence]") {
    one_worker one;

    exchange(one.shard, 0ms, 51ms, good());
    exchange(one.shard, 0ms, 1001ms, failed());
    exchange(one.shard, 0ms, 999ms, failed());

    CHECK(one.counts(0, 0)->events == 1);
    CHECK(one.counts(1, 0)->assigned == 3);
    CHECK(one.counts(1, 0)->events == 0);
}

TEST_CASE(
    "a client that left is no failure of the version, nor a good answer", "[metrics][evidence]"
) {
    route_evidence evidence{two_versions(), 1};
    observation left;
    left.failure = errc::downstream_gone;

    exchange(*evidence.shard(0, 0), 0ms, 5ms, left);

    CHECK(evidence.counts(0, 0, 0)->events == 0);
    CHECK(evidence.counts(1, 0, 0)->events == 0);
    CHECK(evidence.counts(1, 0, 0)->assigned == 1);
}

TEST_CASE("workers are added up, versions are not", "[metrics][evidence]") {
    route_evidence evidence{two_versions(), 3};

    for (unsigned worker = 0; worker < 3; ++worker) {
        exchange(*evidence.shard(worker, 0), 0ms, 5ms, good());
    }
    exchange(*evidence.shard(1, 2), 0ms, 5ms, failed());

    CHECK(evidence.counts(1, 0, 0)->assigned == 3);
    CHECK(evidence.counts(0, 0, 2)->events == 1);
    CHECK(evidence.shard(0, 1) == nullptr);
}

TEST_CASE("a ring that has gone on says that a tick is lost", "[metrics][evidence]") {
    one_worker one;
    exchange(one.shard, 0ms, 5ms, good());

    exchange(one.shard, 250ms * evidence_shard::ticks_kept, 5ms, good());

    CHECK_FALSE(one.counts(1, 0).has_value());
    CHECK(one.counts(1, evidence_shard::ticks_kept)->assigned == 1);
    CHECK(one.counts(1, 1)->assigned == 0);
}

TEST_CASE("an end that comes when its tick is gone changes nothing", "[metrics][evidence]") {
    one_worker one;
    one.shard.begin(origin);
    one.shard.begin(origin + 250ms * evidence_shard::ticks_kept);

    one.shard.end(origin, origin + 5ms, failed());

    CHECK(one.counts(0, evidence_shard::ticks_kept)->events == 0);
}

TEST_CASE("a sticky route tells of each unit besides", "[metrics][evidence]") {
    auto params = two_versions();
    params.units = std::make_shared<unit_admission>(1);
    route_evidence const evidence{params, 2};
    auto& shard = *evidence.shard(1, 0);
    REQUIRE(shard.tells_units());

    REQUIRE(shard.begin_of_unit(origin + 10ms, 77, false));
    REQUIRE(shard.begin_of_unit(origin + 20ms, 78, true));
    shard.end_of_unit(77, origin + 10ms, origin + 40ms, good());
    shard.end_of_unit(78, origin + 20ms, origin + 40ms, failed());
    std::vector<unit_event> told;
    evidence.drain_units(told);

    REQUIRE(told.size() == 4);
    CHECK(told[0] == unit_event{.unit = 77, .assigned_at = origin + 10ms});
    CHECK(told[1].alone);
    CHECK(told[2].ended);
    CHECK(told[2].outcomes == 0b10);
    CHECK(told[3].outcomes == 0b01);
}

TEST_CASE("where requests are drawn no unit is told of", "[metrics][evidence]") {
    route_evidence const evidence{two_versions(), 1};

    CHECK_FALSE(evidence.shard(0, 0)->tells_units());
}

TEST_CASE("a long age has coarse ticks, and half of a ring covers it", "[metrics][evidence]") {
    CHECK(tick_length_for(1s, 250ms) == 250ms);
    CHECK(tick_length_for(64s, 250ms) == 2s);
}

}  // namespace millrace::metrics
