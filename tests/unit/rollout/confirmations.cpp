// What step() does when somebody outside has to confirm.
#include "proxy/rollout/step.hpp"

#include "tests/unit/rollout/support.hpp"

#include <catch2/catch.hpp>

namespace millrace::rollout {

namespace {

constexpr milliseconds later{1'000};
constexpr checkpoints all{true, true, true};

step_result stepped(
    const params& chosen,
    const state& from,
    const assessment& evidence,
    std::vector<command> commands = {},
    const checkpoints& to_confirm = all
) {
    return step(chosen, from, evidence, commands, later, to_confirm);
}

state in_last_step(const params& chosen) {
    auto now = in_first_step(chosen);
    now.step = static_cast<std::uint32_t>(chosen.steps.size() - 2);
    now.candidates.front().share = chosen.steps[now.step];
    return now;
}

}  // namespace

TEST_CASE("a start waits until it is confirmed, and says so once", "[rollout]") {
    auto const chosen = errors_only();

    auto const asked = stepped(chosen, begin(chosen), no_evidence(chosen));
    CHECK(asked.state.phase == phase::initializing);
    CHECK(asked.state.awaited == checkpoint::start);
    CHECK(reasons_of(asked.decisions) == std::vector{reason::waits_for_confirmation});
    auto const still = stepped(chosen, asked.state, no_evidence(chosen));
    CHECK(still.decisions.empty());
    CHECK(still.state == asked.state);

    auto const gone_on = stepped(chosen, still.state, no_evidence(chosen), {command::confirm});
    CHECK(gone_on.state.phase == phase::progressing);
    CHECK(gone_on.state.awaited == checkpoint::none);
    CHECK_FALSE(gone_on.state.confirmed);
    CHECK(reasons_of(gone_on.decisions) == std::vector{reason::commanded, reason::started});
}

TEST_CASE("each step is confirmed for itself", "[rollout]") {
    auto const chosen = errors_only();
    auto now = in_first_step(chosen);

    for (auto const share : {10, 25, 50}) {
        now = stepped(chosen, now, some_evidence(chosen)).state;
        CHECK(now.awaited == checkpoint::step);
        CHECK(now.candidates.front().share < share);
        now = stepped(chosen, now, some_evidence(chosen), {command::confirm}).state;
        CHECK(now.candidates.front().share == share);
    }
}

TEST_CASE("nothing is asked before the evidence allows it", "[rollout]") {
    auto const chosen = errors_only();

    auto const made = stepped(chosen, in_first_step(chosen), no_evidence(chosen));

    CHECK(made.state.awaited == checkpoint::none);
    CHECK(made.decisions.empty());
}

TEST_CASE("a confirmed step still needs its evidence when it opens", "[rollout]") {
    auto const chosen = errors_only();
    auto now = stepped(chosen, in_first_step(chosen), some_evidence(chosen)).state;

    now = stepped(chosen, now, no_evidence(chosen), {command::confirm}).state;
    CHECK(now.candidates.front().share == 5);
    CHECK(now.confirmed);

    now = stepped(chosen, now, some_evidence(chosen)).state;
    CHECK(now.candidates.front().share == 10);
}

TEST_CASE("a promotion waits for a person first, then for whoever confirms", "[rollout]") {
    auto chosen = errors_only();
    chosen.approve_promotion = true;

    auto now = stepped(chosen, in_last_step(chosen), all_proven(chosen)).state;
    CHECK(now.phase == phase::waiting);
    CHECK(now.awaited == checkpoint::none);
    now = stepped(chosen, now, all_proven(chosen), {command::approve}).state;
    CHECK(now.phase == phase::waiting);
    CHECK(now.awaited == checkpoint::promotion);
    now = stepped(chosen, now, all_proven(chosen), {command::confirm}).state;

    CHECK(now.phase == phase::succeeded);
    CHECK(now.awaited == checkpoint::none);
}

TEST_CASE("what is not proven any more is asked about again", "[rollout]") {
    auto const chosen = errors_only();
    auto now = stepped(chosen, in_last_step(chosen), all_proven(chosen)).state;
    REQUIRE(now.awaited == checkpoint::promotion);

    now = stepped(chosen, now, some_evidence(chosen)).state;
    CHECK(now.phase == phase::progressing);
    CHECK(now.awaited == checkpoint::none);
    auto const again = stepped(chosen, now, all_proven(chosen));
    CHECK(again.state.awaited == checkpoint::promotion);
    CHECK(reasons_of(again.decisions) == std::vector{reason::waits_for_confirmation});
}

TEST_CASE("nobody's confirmation holds a rollback up", "[rollout]") {
    auto const chosen = errors_only();
    auto const waiting = stepped(chosen, in_first_step(chosen), some_evidence(chosen)).state;
    REQUIRE(waiting.awaited == checkpoint::step);

    auto const by_evidence = stepped(chosen, waiting, harm_in(some_evidence(chosen), 0));
    auto const by_word = stepped(chosen, waiting, some_evidence(chosen), {command::rollback});

    for (auto const& each : {by_evidence, by_word}) {
        CHECK(each.state.phase == phase::failed);
        CHECK(each.state.awaited == checkpoint::none);
    }
}

TEST_CASE("what nobody has to confirm any more goes on", "[rollout]") {
    auto const chosen = errors_only();
    auto const waiting = stepped(chosen, in_first_step(chosen), some_evidence(chosen)).state;

    auto const made = stepped(chosen, waiting, some_evidence(chosen), {}, checkpoints{});

    CHECK(made.state.candidates.front().share == 10);
    CHECK(made.state.awaited == checkpoint::none);
}

TEST_CASE("a yes that nobody waits for changes nothing", "[rollout]") {
    auto const chosen = errors_only();

    auto const made =
        stepped(chosen, in_first_step(chosen), no_evidence(chosen), {command::confirm});

    CHECK(made.state == in_first_step(chosen));
    REQUIRE(made.decisions.size() == 1);
    CHECK(made.decisions.front().detail == "confirm: nothing waits for it");
}

}  // namespace millrace::rollout
