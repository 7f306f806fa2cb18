#include "proxy/rollout/gate.hpp"

#include <catch2/catch.hpp>

namespace millrace::rollout {

namespace {

/// Passes every gate.
guardrail_assessment sound() {
    guardrail_assessment made;
    made.name = "error_rate";
    made.log_e_promotion = 5;
    made.log_e_promotion_step = 0;
    made.step_outcomes = 50;
    return made;
}

constexpr double threshold = 4.6;

lack for_step(const guardrail_assessment& of) {
    return lack_for_step(of, {});
}

lack for_promotion(const guardrail_assessment& of) {
    return lack_for_promotion(of, {}, threshold);
}

}  // namespace

TEST_CASE("a guardrail that lacks nothing passes both gates", "[rollout]") {
    CHECK(for_step(sound()) == lack::nothing);
    CHECK(for_promotion(sound()) == lack::nothing);
}

TEST_CASE("without any evidence no gate is passed, though log E is 0", "[rollout]") {
    auto none = sound();
    none.log_e_promotion = 0;

    CHECK(for_step(none) == lack::proof);
    none.waiting = true;
    CHECK(for_step(none) == lack::any_outcome);
    CHECK(for_promotion(none) == lack::any_outcome);
}

TEST_CASE("a step needs 50 outcomes that were assigned in it", "[rollout]") {
    auto few = sound();
    few.step_outcomes = 49;

    CHECK(for_step(few) == lack::outcomes_in_step);
    CHECK(for_promotion(few) == lack::outcomes_in_step);
}

TEST_CASE("a little evidence opens a step and promotes nothing", "[rollout]") {
    auto little = sound();
    little.log_e_promotion = 0.01;

    CHECK(for_step(little) == lack::nothing);
    CHECK(for_promotion(little) == lack::proof);
}

TEST_CASE("evidence of this step that says otherwise stops a promotion", "[rollout]") {
    auto stale = sound();
    stale.log_e_promotion = 100;
    stale.log_e_promotion_step = -0.01;

    CHECK(for_promotion(stale) == lack::proof_in_step);
}

TEST_CASE("doubt above E = 5 stops both, though no harm is proven", "[rollout]") {
    auto doubtful = sound();
    doubtful.log_e_rollback = doubt();
    CHECK(for_step(doubtful) == lack::nothing);

    doubtful.log_e_rollback = doubt() + 1e-9;
    CHECK(for_step(doubtful) == lack::harmlessness);
    CHECK(for_promotion(doubtful) == lack::harmlessness);
}

TEST_CASE("a broken metric, or a broken stream of labels, stops both", "[rollout]") {
    auto broken = sound();
    broken.broken = true;
    auto unfed = sound();
    unfed.arrivals_broken = true;

    CHECK(for_step(broken) == lack::sound_evidence);
    CHECK(for_promotion(broken) == lack::sound_evidence);
    CHECK(for_step(unfed) == lack::sound_arrivals);
    CHECK(for_promotion(unfed) == lack::sound_arrivals);
}

TEST_CASE("what is missing is said with the metric and how much of it", "[rollout]") {
    auto open = sound();
    open.log_e_promotion = 2.104;
    open.units_to_promotion = 12'000;
    CHECK(
        text_of(lack::proof, open, {}, threshold) ==
        "error_rate: log E 2.10 of 4.60, about 12000 more outcomes"
    );
    open.units_to_promotion.reset();
    CHECK(
        text_of(lack::proof, open, {}, threshold) ==
        "error_rate: log E 2.10 of 4.60, and it does not grow at the present rates"
    );
    CHECK(
        text_of(lack::outcomes_in_step, open, {}, threshold) ==
        "error_rate: 50 of 50 outcomes in this step"
    );
    CHECK(text_of(lack::nothing, open, {}, threshold).empty());
    for (auto const each :
         {lack::sound_evidence,
          lack::sound_arrivals,
          lack::any_outcome,
          lack::harmlessness,
          lack::proof_in_step}) {
        CHECK(text_of(each, open, {}, threshold).starts_with("error_rate: "));
    }
}

}  // namespace millrace::rollout
