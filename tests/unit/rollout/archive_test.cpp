#include "proxy/rollout/archive.hpp"

#include "tests/unit/rollout/support.hpp"

#include <catch2/catch.hpp>

namespace millrace::rollout {

namespace {

constexpr milliseconds total_timeout{30'000};

/// Errors, labels, and an objective with its guard: every kind of state.
params every_kind() {
    auto chosen = errors_only(2);
    chosen.guardrails.push_back({.kind = metric_kind::accuracy});
    chosen.guardrails.push_back({.kind = metric_kind::latency, .slo = milliseconds{300}});
    return chosen;
}

/// A second of the rollout: 900 requests of the primary, 60 and 40 of the candidates.
input told_at(int second, std::uint32_t epoch) {
    input told;
    told.now = milliseconds{1'000 * second};
    told.epoch = epoch;
    for (std::uint16_t outcome = 0; outcome < 4; ++outcome) {
        told.ticks.push_back(
            {.outcome = outcome,
             .epoch = epoch,
             .tick = static_cast<std::uint64_t>(second),
             .masses = {58'982, 3'932, 2'622},
             .counts = {{900, 9}, {60, 1}, {40, 1}}}
        );
    }
    return told;
}

/// One that has something to remember, of labels that do not arrive as the coin fell, too.
experiment experienced() {
    experiment made{every_kind(), total_timeout};
    for (int second = 0; second < 40; ++second) {
        auto told = told_at(second, 1);
        for (auto& each : told.ticks) {
            if (made.planned().outcomes[each.outcome].kind == outcome_kind::label_wrong) {
                each.counts[1].count = 5;
            }
        }
        (void)made.advance(told);
    }
    return made;
}

}  // namespace

TEST_CASE("what an experiment remembers comes back bit for bit", "[rollout]") {
    auto const before = experienced();
    auto const bytes = to_bytes(before.remembered());

    experiment after{every_kind(), total_timeout};
    auto memory = memory_from_bytes(bytes, after);
    REQUIRE(memory.has_value());
    after.restore(std::move(*memory));

    CHECK(to_bytes(after.remembered()) == bytes);
    CHECK(after.now() == before.now());
    auto const& one = before.remembered().trials.front();
    auto const& other = after.remembered().trials.front();
    CHECK(one.tests == other.tests);
    CHECK(one.guards == other.guards);
    CHECK(one.arrivals == other.arrivals);
    CHECK(one.assignments == other.assignments);
    CHECK(before.evidence().candidates[0].guardrails[1].arrivals_broken);
    CHECK(after.evidence().candidates[0].guardrails[1].arrivals_broken);
    CHECK(
        after.evidence().candidates[0].guardrails[0].units_to_promotion ==
        before.evidence().candidates[0].guardrails[0].units_to_promotion
    );
}

TEST_CASE("a restored experiment goes on exactly as the one before would have", "[rollout]") {
    auto before = experienced();
    experiment after{every_kind(), total_timeout};
    after.restore(memory_from_bytes(to_bytes(before.remembered()), after).value());

    for (int second = 40; second < 80; ++second) {
        (void)before.advance(told_at(second, 1));
        (void)after.advance(told_at(second, 1));
    }

    CHECK(to_bytes(after.remembered()) == to_bytes(before.remembered()));
}

TEST_CASE("bytes that are cut, longer, or of another rollout are refused", "[rollout]") {
    auto const of = experienced();
    auto const bytes = to_bytes(of.remembered());

    for (std::size_t size = 0; size < bytes.size(); size += 7) {
        CHECK_FALSE(memory_from_bytes(bytes.substr(0, size), of).has_value());
    }
    CHECK_FALSE(memory_from_bytes(bytes + 'x', of).has_value());
    CHECK_FALSE(memory_from_bytes(bytes, experiment{errors_only(2), total_timeout}).has_value());
    CHECK_FALSE(memory_from_bytes(bytes, experiment{errors_only(), total_timeout}).has_value());
    auto other_layout = bytes;
    ++other_layout.front();
    CHECK_FALSE(memory_from_bytes(other_layout, of).has_value());
}

TEST_CASE("an input comes back as it was", "[rollout]") {
    auto told = told_at(3, 7);
    told.commands = {command::pause, command::rollback};
    told.committed = false;

    auto const bytes = to_bytes(told);
    auto const back = input_from_bytes(bytes);

    REQUIRE(back.has_value());
    CHECK(to_bytes(*back) == bytes);
    CHECK(back->now == told.now);
    CHECK(back->epoch == told.epoch);
    CHECK(back->committed == told.committed);
    CHECK(back->commands == told.commands);
    CHECK(back->ticks.size() == told.ticks.size());
    CHECK(back->ticks.back().masses == told.ticks.back().masses);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        CHECK_FALSE(input_from_bytes(bytes.substr(0, size)).has_value());
    }
}

}  // namespace millrace::rollout
