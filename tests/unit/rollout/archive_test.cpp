#include "proxy/rollout/archive.hpp"

#include "tests/unit/rollout/support.hpp"

#include <catch2/catch.hpp>

namespace millrace::rollout {

namespace {

constexpr milliseconds total_timeout{30'000};

/// Errors, labels, scores, and objectives with their guards: every kind of state.
params every_kind() {
    auto chosen = errors_only(2);
    chosen.guardrails.push_back({.kind = metric_kind::accuracy});
    chosen.guardrails.push_back({.kind = metric_kind::latency, .slo = milliseconds{300}});
    chosen.rewards = {{.name = "clicks"}};
    chosen.route_guard = route_guard_params{.max_error_rate = 0.02};
    return chosen;
}

/// A second of the rollout: 900 requests of the primary, 60 and 40 of the candidates.
input told_at(int second, std::uint32_t epoch) {
    input told;
    told.now = milliseconds{1'000 * second};
    told.epoch = epoch;
    told.readings = {
        {0, {{reading_state::fresh, 0.1 * second, 12.0}, {reading_state::slow, 0, {}}, {}}}};
    for (std::uint16_t outcome = 0; outcome < 4; ++outcome) {
        told.ticks.push_back(
            {.outcome = outcome,
             .epoch = epoch,
             .tick = static_cast<std::uint64_t>(second),
             .masses = {58'982, 3'932, 2'622},
             .counts = {{900, 9}, {60, 1}, {40, 1}}}
        );
    }
    unit_tick scores{.outcome = 4, .epoch = epoch, .tick = 3, .masses = {2, 1, 1}, .units = {}};
    for (std::uint16_t i = 0; i < 12; ++i) {
        auto const arm = static_cast<std::uint16_t>(i % 4 == 3 ? 2 : i % 4 % 2);
        scores.units.push_back(
            {arm,
             0.5 + 0.04 * i * arm,
             i == 0 ? std::vector<std::uint32_t>{5, 5, 5} : std::vector<std::uint32_t>{}}
        );
    }
    told.units.push_back(std::move(scores));
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
    CHECK(one.rewards == other.rewards);
    CHECK(one.rewards.front().better.past.a.count > 0);
    CHECK(before.remembered().route == after.remembered().route);
    CHECK(before.evidence().candidates[0].guardrails[1].arrivals_broken);
    CHECK(after.evidence().candidates[0].guardrails[1].arrivals_broken);
    CHECK(
        after.evidence().candidates[0].guardrails[0].units_to_promotion ==
        before.evidence().candidates[0].guardrails[0].units_to_promotion
    );
}

TEST_CASE("what an experiment waits for comes back", "[rollout]") {
    experiment before{every_kind(), total_timeout};
    input asked;
    asked.to_confirm.start = true;
    (void)before.advance(asked);
    REQUIRE(before.now().awaited == checkpoint::start);

    experiment after{every_kind(), total_timeout};
    after.restore(memory_from_bytes(to_bytes(before.remembered()), after).value());

    CHECK(after.now() == before.now());
    input confirmed = asked;
    confirmed.commands = {command::confirm};
    (void)after.advance(confirmed);
    CHECK(after.now().phase == phase::progressing);
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

TEST_CASE("what copies have told comes back too", "[rollout]") {
    auto chosen = errors_only();
    chosen.strategy = strategy::mirror_first;
    experiment before{chosen, total_timeout};
    (void)before.advance(
        {.now = milliseconds{0}, .ticks = {}, .commands = {}, .epoch = {}, .committed = {}}
    );
    input told{.now = milliseconds{1}, .ticks = {}, .commands = {}, .epoch = {}, .committed = {}};
    told.mirrored = {
        {.outcome = 1, .candidate = 0, .tick = 0, .seen = {.pairs = 40, .only_b_bad = 2}}};
    (void)before.advance(told);

    auto const bytes = to_bytes(before.remembered());
    experiment after{chosen, total_timeout};
    after.restore(memory_from_bytes(bytes, after).value());

    CHECK(after.now().phase == phase::mirroring);
    CHECK(after.remembered().trials[0].mirrored == before.remembered().trials[0].mirrored);
    CHECK(after.remembered().trials[0].mirrored[0].pairs == 40);
}

TEST_CASE("an input comes back as it was", "[rollout]") {
    auto told = told_at(3, 7);
    told.commands = {command::pause, command::rollback};
    told.committed = false;
    told.to_confirm = {.start = true, .step = false, .promotion = true};
    told.mirrored = {
        {.outcome = 1, .candidate = 1, .tick = 9, .seen = {.pairs = 7, .only_b_bad = 2}}};

    auto const bytes = to_bytes(told);
    auto const back = input_from_bytes(bytes);

    REQUIRE(back.has_value());
    CHECK(to_bytes(*back) == bytes);
    CHECK(back->now == told.now);
    CHECK(back->epoch == told.epoch);
    CHECK(back->committed == told.committed);
    CHECK(back->commands == told.commands);
    CHECK(*back == told);
    CHECK(back->ticks.size() == told.ticks.size());
    CHECK(back->ticks.back().masses == told.ticks.back().masses);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        CHECK_FALSE(input_from_bytes(bytes.substr(0, size)).has_value());
    }
}

}  // namespace millrace::rollout
