#include "proxy/feedback/label_ledger.hpp"

#include "tests/unit/feedback/some_labels.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace millrace::feedback;  // NOLINT(google-build-using-namespace): the subject
using millrace::control::label_stream;
using millrace::feedback::test::epoch_of;
using millrace::feedback::test::exchange;
using millrace::feedback::test::right_label;
using fit = label_ledger::fit;

namespace {

/// A ledger whose clock stands where the test puts it. Ticks of 2 s, labels of 64 s.
struct fixture {
    std::int64_t now = 1'000;
    label_ledger ledger{[this] { return now; }};

    millrace::control::label_evidence read_at(std::int64_t when) {
        now = when;
        return ledger.read("risk");
    }
};

}  // namespace

TEST_CASE("labels enter by the tick of assignment, whole, once it is old enough", "[feedback]") {
    fixture f;
    f.ledger.begin("risk", epoch_of(5));
    CHECK(f.ledger.count(right_label(exchange(1, "v1", 1'001, 5))));
    CHECK(f.ledger.count(right_label(exchange(2, "v2", 1'001, 5), false)));
    CHECK(f.ledger.count(right_label(exchange(3, "v2", 1'002, 5))));
    f.now = 1'060;
    CHECK(f.ledger.count(right_label(exchange(4, "v2", 1'000, 5))));

    // The tick of 1000 and 1001 ends at 1002; a minute later, and a moment for the disk.
    CHECK(f.read_at(1'067).ticks.empty());
    auto const first = f.read_at(1'068);
    auto const second = f.read_at(1'070);

    REQUIRE(first.ticks.size() == 1);
    CHECK(first.ticks[0].outcome == 3);
    CHECK(first.ticks[0].epoch == 5);
    CHECK(first.ticks[0].tick == 500);
    CHECK(first.ticks[0].masses == std::vector<std::uint32_t>{49'152, 16'384});
    REQUIRE(first.ticks[0].counts.size() == 2);
    CHECK(first.ticks[0].counts[0] == millrace::stats::arm_tick{1, 0});
    CHECK(first.ticks[0].counts[1] == millrace::stats::arm_tick{2, 1});
    REQUIRE(second.ticks.size() == 1);
    CHECK(second.ticks[0].counts[1] == millrace::stats::arm_tick{1, 0});
    CHECK(f.read_at(2'000).ticks.empty());
}

TEST_CASE("a label that comes when its tick is over is late for good", "[feedback]") {
    fixture f;
    f.ledger.begin("risk", epoch_of(5));
    auto const label = right_label(exchange(1, "v1", 1'001, 5));

    f.now = 1'065;
    CHECK(f.ledger.look(label) == fit::counts);
    f.now = 1'066;
    CHECK(f.ledger.look(label) == fit::late);
    // What was taken in time and is on disk a moment later still counts.
    CHECK(f.ledger.count(label));
    CHECK(f.read_at(1'068).ticks.size() == 1);
    CHECK_FALSE(f.ledger.count(label));
    CHECK(f.read_at(2'000).ticks.empty());
}

TEST_CASE("who is asked about is told apart from who is not", "[feedback]") {
    fixture f;
    auto const known = right_label(exchange(1, "v1", 1'001, 5));
    CHECK(f.ledger.look(known) == fit::unjudged);

    f.ledger.begin("risk", epoch_of(5));

    CHECK(f.ledger.look(known) == fit::counts);
    CHECK(f.ledger.look(right_label(exchange(1, "v1", 1'001, 4))) == fit::unknown);
    CHECK(f.ledger.look(right_label(exchange(1, "v3", 1'001, 5))) == fit::unjudged);
    CHECK_FALSE(f.ledger.count(right_label(exchange(1, "v3", 1'001, 5))));
    CHECK(f.ledger.look({known.of, label_kind::score, 0.5}) == fit::unjudged);
    auto elsewhere = known;
    elsewhere.of.route += 1;
    CHECK(f.ledger.look(elsewhere) == fit::unjudged);
}

TEST_CASE("an epoch's ticks wait until those of the one before have entered", "[feedback]") {
    fixture f;
    f.ledger.begin("risk", epoch_of(5));
    f.now = 1'010;
    f.ledger.begin("risk", epoch_of(6));
    f.now = 1'020;
    f.ledger.finish_before("risk");
    CHECK(f.ledger.count(right_label(exchange(1, "v1", 1'019, 5))));
    CHECK(f.ledger.count(right_label(exchange(2, "v1", 1'011, 6))));
    // Nobody can have been assigned by the old weights after their end.
    CHECK(f.ledger.look(right_label(exchange(3, "v1", 1'023, 5))) == fit::late);

    CHECK(f.read_at(1'080).ticks.empty());  // 6's tick is old enough, but 5 is not through
    auto const both = f.read_at(1'090);

    REQUIRE(both.ticks.size() == 2);
    CHECK(both.ticks[0].epoch == 5);
    CHECK(both.ticks[1].epoch == 6);
    CHECK(f.ledger.look(right_label(exchange(1, "v1", 1'019, 5))) == fit::unknown);
}

TEST_CASE("weights of somebody else end what is counted", "[feedback]") {
    fixture f;
    f.ledger.begin("risk", epoch_of(5));
    f.now = 1'010;
    f.ledger.finish_all("risk");

    CHECK(f.ledger.look(right_label(exchange(1, "v1", 1'009, 5))) == fit::counts);
    CHECK(f.ledger.look(right_label(exchange(1, "v1", 1'013, 5))) == fit::late);
}

TEST_CASE("another rollout starts from nothing, the same one goes on", "[feedback]") {
    fixture f;
    f.ledger.begin("risk", epoch_of(5));
    CHECK(f.ledger.count(right_label(exchange(1, "v1", 1'001, 5))));

    f.ledger.begin("risk", epoch_of(5));
    CHECK(f.read_at(1'100).ticks.size() == 1);

    CHECK(f.ledger.count(right_label(exchange(2, "v1", 1'101, 5))));
    f.ledger.begin("risk", epoch_of(6, 2));
    CHECK(f.ledger.look(right_label(exchange(2, "v1", 1'101, 5))) == fit::unknown);
    f.ledger.end("risk", {1});
    CHECK(f.ledger.look(right_label(exchange(2, "v1", 1'101, 6))) == fit::counts);
    f.ledger.end("risk", {2});
    CHECK(f.ledger.look(right_label(exchange(2, "v1", 1'101, 6))) == fit::unjudged);
    CHECK(f.ledger.progress("risk").empty());
}

TEST_CASE(
    "a later process counts what the evidence did not hold, and nothing twice", "[feedback]"
) {
    fixture before;
    std::vector<label> all;
    for (std::uint64_t i = 0; i < 40; ++i) {
        auto const second = static_cast<std::uint32_t>(1'000 + i);
        all.push_back(right_label(exchange(i, i % 4 == 0 ? "v2" : "v1", second, 5), i % 3 != 0));
    }
    auto const count_all = [&all](label_ledger& into) {
        for (auto const& each : all) {
            (void)into.count(each);
        }
    };
    before.ledger.begin("risk", epoch_of(5));
    count_all(before.ledger);
    auto const committed = before.read_at(1'080);
    auto const progress = before.ledger.progress("risk");
    auto const rest = before.read_at(1'200);

    fixture after;
    after.now = 1'090;
    REQUIRE(after.ledger.restore("risk", progress));
    count_all(after.ledger);
    after.ledger.begin("risk", epoch_of(5));

    CHECK_FALSE(committed.ticks.empty());
    CHECK_FALSE(rest.ticks.empty());
    CHECK(after.read_at(1'200).ticks == rest.ticks);
    CHECK_FALSE(after.ledger.restore("risk", "nonsense"));
}

TEST_CASE(
    "scores enter one by one, in the order of assignment, as how good they are", "[feedback]"
) {
    fixture f;
    auto epoch = epoch_of(5);
    epoch.streams = {
        {.outcome = 4,
         .takes = label_stream::feed::scores,
         .age = std::chrono::seconds{64},
         .min = 0,
         .max = 10,
         .larger_is_better = false}};
    f.ledger.begin("risk", epoch);
    CHECK(f.ledger.count({exchange(9, "v2", 1'001, 5), label_kind::score, 2.5}));
    CHECK(f.ledger.count({exchange(4, "v1", 1'001, 5), label_kind::score, 100}));
    CHECK(f.ledger.count({exchange(12, "v1", 1'000, 5), label_kind::score, -1}));
    CHECK_FALSE(f.ledger.count(right_label(exchange(13, "v1", 1'000, 5))));

    auto const seen = f.read_at(1'100);

    CHECK(seen.ticks.empty());
    REQUIRE(seen.units.size() == 1);
    CHECK(seen.units[0].outcome == 4);
    CHECK(seen.units[0].masses == epoch.masses);
    CHECK(
        seen.units[0].units ==
        std::vector<millrace::rollout::unit_outcome>{{0, 1.0, {}}, {0, 0.0, {}}, {1, 0.75, {}}}
    );
}

TEST_CASE("of too many scores a part is kept that does not depend on them", "[feedback]") {
    fixture f;
    auto epoch = epoch_of(5);
    epoch.streams[0].takes = label_stream::feed::scores;
    f.ledger.begin("risk", epoch);
    constexpr std::uint64_t count = label_ledger::scores_max * 3;
    for (std::uint64_t i = 0; i < count; ++i) {
        CHECK(f.ledger.count({exchange(i, "v1", 1'001, 5), label_kind::score, i % 2 == 0 ? 1. : 0.})
        );
    }

    auto const seen = f.read_at(1'100);

    REQUIRE(seen.units.size() == 1);
    auto const& kept = seen.units[0].units;
    CHECK(kept.size() <= label_ledger::scores_max);
    CHECK(kept.size() > label_ledger::scores_max / 2);
    CHECK(kept.size() + f.ledger.scores_dropped() == count);
    auto const good =
        std::count_if(kept.begin(), kept.end(), [](const auto& unit) { return unit.value == 1.0; });
    CHECK(std::abs(static_cast<double>(good) / static_cast<double>(kept.size()) - 0.5) < 0.03);
}

TEST_CASE("a tick is a 32nd of the age, in whole seconds", "[feedback]") {
    CHECK(label_tick_seconds(std::chrono::seconds{1}) == 1);
    CHECK(label_tick_seconds(std::chrono::minutes{1}) == 1);
    CHECK(label_tick_seconds(std::chrono::minutes{10}) == 18);
    CHECK(label_tick_seconds(std::chrono::hours{24}) == 2'700);
}
