#include "proxy/rollout/unit_batch.hpp"

#include "proxy/rollout/evidence_test.hpp"

#include <catch2/catch.hpp>

namespace millrace::rollout {

namespace {

/// A primary with 60 %, candidates with 10 and 30 %.
unit_tick with(std::vector<unit_outcome> units) {
    return {
        .outcome = 1,
        .epoch = 1,
        .tick = 0,
        .masses = {39'322, 6'554, 19'660},
        .units = std::move(units)};
}

}  // namespace

TEST_CASE("units of a tick bet by the tick's coin unless they have their own", "[rollout][units]") {
    auto const seen =
        with({{0, 0.25, {}}, {1, 0.75, {}}, {1, 1, {100, 300, 0}}, {0, 0, {100, 300, 0}}});

    auto const batches = batches_between(seen, 0, outcome_kind::failed_or_unfinished);

    REQUIRE(batches.size() == 2);
    CHECK(batches[0].pi == Approx(6'554.0 / (39'322 + 6'554)));
    REQUIRE(batches[0].outcomes.size() == 2);
    CHECK_FALSE(batches[0].outcomes[0].candidate);
    CHECK(batches[0].outcomes[0].score == 0.75);
    CHECK(batches[0].outcomes[1].candidate);
    CHECK(batches[0].outcomes[1].score == 0.25);
    CHECK(batches[1].pi == 0.75);
    CHECK(batches[1].outcomes.size() == 2);
}

TEST_CASE("who had no coin between the two bets on nothing", "[rollout][units]") {
    auto const seen =
        with({{2, 0, {}}, {1, 0, {0, 5, 5}}, {0, 0, {5, 0, 5}}, {0, 0, {5}}, {9, 0, {}}});

    CHECK(batches_between(seen, 0, outcome_kind::failed_within).empty());
}

TEST_CASE("a reward is as good as it says, badness is turned round", "[rollout][units]") {
    auto const seen = with({{0, 0.9, {}}, {1, 0.2, {}}});

    auto const reward = batches_between(seen, 0, outcome_kind::reward).front();
    auto const badness = batches_between(seen, 0, outcome_kind::not_good_within).front();

    CHECK(reward.outcomes[0].score == 0.9);
    CHECK(badness.outcomes[0].score == Approx(0.1));
    CHECK(reward.counts().count_a == 1);
    CHECK(reward.counts().bad_a == 0);
    CHECK(reward.counts().bad_b == 1);
    CHECK(badness.counts().bad_a == 1);
    CHECK(badness.counts().bad_b == 0);
}

TEST_CASE("whole units give a test the same evidence as counts do", "[rollout][units]") {
    evidence_test const test = stats::rae_rollback{{}};
    std::vector<unit_outcome> units;
    for (int i = 0; i < 60; ++i) {
        units.push_back({static_cast<std::uint16_t>(i % 2), i % 4 == 1 ? 1.0 : 0.0, {1, 1, 0}});
    }
    auto const batch = batches_between(with(units), 0, outcome_kind::failed_within).front();

    auto const by_units = observe(test, start(test), batch);
    auto const by_counts = observe(
        test, start(test), stats::tick{.pi = 0.5, .count_a = 30, .count_b = 30, .bad_b = 15}
    );

    CHECK(by_units == by_counts);
    CHECK(log_e(by_units).value() > 2);
}

}  // namespace millrace::rollout
