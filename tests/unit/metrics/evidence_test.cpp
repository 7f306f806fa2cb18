#include "proxy/metrics/evidence.hpp"

#include <catch2/catch.hpp>

#include <chrono>

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

void exchange(evidence_shard& shard, duration at, duration lasted, const observation& observed) {
    shard.begin(origin + at);
    shard.end(origin + at, origin + at + lasted, observed);
}

}  // namespace

TEST_CASE("an outcome counts for the tick of its assignment", "[metrics][evidence]") {
    route_evidence evidence{two_versions(), 1};
    auto& shard = *evidence.shard(0, 0);

    exchange(shard, 10ms, 30ms, good());
    exchange(shard, 240ms, 40ms, good());
    exchange(shard, 260ms, 10ms, good());

    CHECK(evidence.counts(1, 0, 0)->assigned == 2);
    CHECK(evidence.counts(1, 0, 0)->events == 2);
    CHECK(evidence.counts(1, 1, 0)->assigned == 1);
    CHECK(evidence.counts(1, 2, 0)->assigned == 0);
    CHECK(evidence.end_of(1, 0) == origin + 250ms);
}

TEST_CASE("what is known only after the limit is no event", "[metrics][evidence]") {
    route_evidence evidence{two_versions(), 1};
    auto& shard = *evidence.shard(0, 0);

    exchange(shard, 0ms, 51ms, good());
    exchange(shard, 0ms, 1001ms, failed());
    exchange(shard, 0ms, 999ms, failed());

    CHECK(evidence.counts(0, 0, 0)->events == 1);
    CHECK(evidence.counts(1, 0, 0)->assigned == 3);
    CHECK(evidence.counts(1, 0, 0)->events == 0);
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
    route_evidence evidence{two_versions(), 1};
    auto& shard = *evidence.shard(0, 0);
    exchange(shard, 0ms, 5ms, good());

    exchange(shard, 250ms * evidence_shard::ticks_kept, 5ms, good());

    CHECK_FALSE(evidence.counts(1, 0, 0).has_value());
    CHECK(evidence.counts(1, evidence_shard::ticks_kept, 0)->assigned == 1);
    CHECK(evidence.counts(1, 1, 0)->assigned == 0);
}

TEST_CASE("an end that comes when its tick is gone changes nothing", "[metrics][evidence]") {
    route_evidence evidence{two_versions(), 1};
    auto& shard = *evidence.shard(0, 0);
    shard.begin(origin);
    shard.begin(origin + 250ms * evidence_shard::ticks_kept);

    shard.end(origin, origin + 5ms, failed());

    CHECK(evidence.counts(0, evidence_shard::ticks_kept, 0)->events == 0);
}

TEST_CASE("a long age has coarse ticks, and half of a ring covers it", "[metrics][evidence]") {
    CHECK(tick_length_for(1s, 250ms) == 250ms);
    CHECK(tick_length_for(64s, 250ms) == 2s);
}

}  // namespace millrace::metrics
