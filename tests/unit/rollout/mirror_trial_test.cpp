#include "proxy/rollout/mirror_trial.hpp"

#include "tests/unit/rollout/support.hpp"

#include <catch2/catch.hpp>

#include <cmath>

namespace millrace::rollout {

namespace {

constexpr milliseconds total_timeout{30'000};

params mirroring() {
    auto chosen = errors_only();
    chosen.strategy = strategy::mirror_first;
    return chosen;
}

mirrored_tick pairs_of(std::uint16_t outcome, const stats::pair_tick& seen) {
    return {.outcome = outcome, .candidate = 0, .tick = 0, .seen = seen};
}

}  // namespace

TEST_CASE("a guardrail's pairs are those of its last outcomes", "[rollout][mirror]") {
    auto const made = make_plan(mirroring(), total_timeout);
    REQUIRE(made.mirrors.size() == 1);
    auto const& with = made.mirrors.front();
    auto held = begin_mirror_trial(with);

    enter(held, with, pairs_of(0, {.pairs = 100, .only_b_bad = 50}));
    CHECK(held == begin_mirror_trial(with));

    enter(held, with, pairs_of(with.margin_outcome, {.pairs = 100, .only_b_bad = 50}));
    auto const about = assess(held, "mirrored error_rate");
    CHECK(about.name == "mirrored error_rate");
    CHECK(about.step_outcomes == 100);
    CHECK(about.log_e_rollback > std::log(100));
    CHECK(about.log_e_promotion < 0);
}

TEST_CASE("copies that go well speak for a candidate", "[rollout][mirror]") {
    auto const made = make_plan(mirroring(), total_timeout);
    auto const& with = made.mirrors.front();
    auto held = begin_mirror_trial(with);
    CHECK(assess(held, "").waiting);

    enter(
        held,
        with,
        pairs_of(
            with.margin_outcome, {.pairs = 2'000, .both_bad = 10, .only_a_bad = 8, .only_b_bad = 5}
        )
    );

    auto const about = assess(held, "");
    CHECK_FALSE(about.waiting);
    CHECK(about.log_e_promotion > 0);
    CHECK(about.log_e_rollback < 1);
}

TEST_CASE(
    "mirrored answers are asked about requests, and only by guardrails", "[rollout][mirror]"
) {
    auto chosen = mirroring();
    chosen.guardrails = {
        {.kind = metric_kind::accuracy},
        {.kind = metric_kind::error_rate, .role = metric_role::indicator},
        {.kind = metric_kind::latency, .slo = milliseconds{300}}};

    auto const made = make_plan(chosen, total_timeout);

    REQUIRE(made.mirrors.size() == 1);
    CHECK(made.mirrors.front().guardrail == 2);
    // Accuracy and the objective, and the objective's pairs.
    CHECK(made.rollback_tests() == 3);
    chosen.strategy = strategy::progressive;
    CHECK(make_plan(chosen, total_timeout).mirrors.empty());
}

}  // namespace millrace::rollout
