#include "proxy/rollout/step.hpp"

#include "tests/unit/rollout/support.hpp"

#include <catch2/catch.hpp>

#include <set>

namespace millrace::rollout {

namespace {

constexpr milliseconds later{1'000};

step_result stepped(
    const params& chosen,
    const state& from,
    const assessment& evidence,
    std::vector<command> commands = {},
    milliseconds now = later
) {
    return step(chosen, from, evidence, commands, now);
}

/// After the step before 100 % has opened.
state in_last_step(const params& chosen) {
    auto now = in_first_step(chosen);
    now.step = static_cast<std::uint32_t>(chosen.steps.size() - 2);
    now.candidates.front().share = chosen.steps[now.step];
    return now;
}

}  // namespace

TEST_CASE("a rollout starts with its first step, at once or when a person says so", "[rollout]") {
    auto chosen = errors_only();
    auto const at_once = stepped(chosen, begin(chosen), no_evidence(chosen));
    CHECK(at_once.state.phase == phase::progressing);
    CHECK(at_once.state.candidates.front().share == 5);
    CHECK(reasons_of(at_once.decisions) == std::vector{reason::started});

    chosen.approve_start = true;
    auto const asked = stepped(chosen, begin(chosen), no_evidence(chosen));
    CHECK(asked.state.phase == phase::initializing);
    CHECK(asked.decisions.empty());
    auto const approved = stepped(chosen, asked.state, no_evidence(chosen), {command::approve});
    CHECK(approved.state.phase == phase::progressing);
    CHECK_FALSE(approved.state.approved);
}

TEST_CASE("steps open one after the other while the evidence allows it", "[rollout]") {
    auto const chosen = errors_only();
    auto now = in_first_step(chosen);

    std::vector<double> shares;
    for (int i = 0; i < 3; ++i) {
        now = stepped(chosen, now, some_evidence(chosen)).state;
        shares.push_back(now.candidates.front().share);
    }
    auto const stays = stepped(chosen, now, some_evidence(chosen));

    CHECK(shares == std::vector<double>{10, 25, 50});
    CHECK(stays.decisions.empty());
    CHECK(primary_share(stays.state) == 50);
}

TEST_CASE("a step stays closed as long as any guardrail lacks something", "[rollout]") {
    auto const chosen = errors_only();
    auto const from = in_first_step(chosen);
    auto evidence = some_evidence(chosen);
    SECTION("no evidence") {
        evidence = no_evidence(chosen);
    }
    SECTION("too few outcomes of this step") {
        evidence.candidates[0].guardrails[0].step_outcomes = 49;
    }
    SECTION("doubt") {
        evidence.candidates[0].guardrails[0].log_e_rollback = 1.7;
    }
    SECTION("a broken metric") {
        evidence.candidates[0].guardrails[0].broken = true;
    }
    SECTION("no guardrail at all") {
        evidence.candidates[0].guardrails.clear();
    }

    CHECK(stepped(chosen, from, evidence).decisions.empty());
}

TEST_CASE("with soak a step opens when its time has passed too", "[rollout]") {
    auto chosen = errors_only();
    chosen.advance = step_rule::soak;
    chosen.soak = milliseconds{5'000};
    auto const from = in_first_step(chosen);

    CHECK(stepped(chosen, from, some_evidence(chosen), {}, milliseconds{4'999}).decisions.empty());
    auto const opened = stepped(chosen, from, some_evidence(chosen), {}, milliseconds{5'000});
    CHECK(reasons_of(opened.decisions) == std::vector{reason::step_opened});
    CHECK(opened.state.step_since == milliseconds{5'000});
    CHECK(stepped(chosen, from, no_evidence(chosen), {}, milliseconds{50'000}).decisions.empty());
}

TEST_CASE("the last step leads to promotion when everything is proven", "[rollout]") {
    auto const chosen = errors_only();
    auto const from = in_last_step(chosen);

    CHECK(stepped(chosen, from, some_evidence(chosen)).decisions.empty());
    auto const done = stepped(chosen, from, all_proven(chosen));

    CHECK(done.state.phase == phase::succeeded);
    CHECK(done.state.verdict == verdict::successful);
    CHECK(done.state.candidates.front().share == 100);
    CHECK(primary_share(done.state) == 0);
    CHECK(gives_more(from, done.state));
    CHECK(stepped(chosen, done.state, harm_in(all_proven(chosen), 0)).decisions.empty());
}

TEST_CASE("proof does not skip steps", "[rollout]") {
    auto const chosen = errors_only();

    auto const next = stepped(chosen, in_first_step(chosen), all_proven(chosen)).state;

    CHECK(next.phase == phase::progressing);
    CHECK(next.candidates.front().share == 10);
}

TEST_CASE("promotion needs this step's own evidence and no doubt", "[rollout]") {
    auto const chosen = errors_only();
    auto evidence = all_proven(chosen);
    auto& guardrail = evidence.candidates[0].guardrails[0];
    SECTION("evidence of before, gone stale") {
        guardrail.log_e_promotion_step = -0.1;
    }
    SECTION("harm is likely, if not proven") {
        guardrail.log_e_rollback = 1.7;
    }
    SECTION("nothing of this step yet") {
        guardrail.step_outcomes = 0;
    }

    CHECK(stepped(chosen, in_last_step(chosen), evidence).decisions.empty());
}

TEST_CASE("every guardrail must be proven, one is not enough", "[rollout]") {
    auto chosen = errors_only();
    chosen.guardrails.push_back({.kind = metric_kind::latency});
    auto evidence = all_proven(chosen);
    evidence.candidates[0].guardrails[1].log_e_promotion = 5.2;

    CHECK(stepped(chosen, in_last_step(chosen), evidence).decisions.empty());
}

TEST_CASE("fixed split and blue-green go from their one share to everything", "[rollout]") {
    auto chosen = errors_only();
    chosen.steps = {50};
    chosen.strategy = strategy::fixed_split;
    auto const from = in_first_step(chosen);
    CHECK(from.candidates.front().share == 50);
    CHECK(stepped(chosen, from, some_evidence(chosen)).decisions.empty());
    CHECK(stepped(chosen, from, all_proven(chosen)).state.phase == phase::succeeded);

    chosen.strategy = strategy::blue_green;
    auto const waits = stepped(chosen, from, all_proven(chosen));
    CHECK(waits.state.phase == phase::waiting);
    CHECK(reasons_of(waits.decisions) == std::vector{reason::ready_to_promote});
    auto const approved = stepped(chosen, waits.state, all_proven(chosen), {command::approve});
    CHECK(approved.state.phase == phase::succeeded);
}

TEST_CASE("a promotion that waits for approval is withdrawn when the proof goes", "[rollout]") {
    auto chosen = errors_only();
    chosen.approve_promotion = true;
    auto const waits = stepped(chosen, in_last_step(chosen), all_proven(chosen)).state;
    REQUIRE(waits.phase == phase::waiting);

    auto const back = stepped(chosen, waits, some_evidence(chosen), {command::approve});

    CHECK(back.state.phase == phase::progressing);
    CHECK(reasons_of(back.decisions) == std::vector{reason::commanded, reason::not_ready_any_more});
}

TEST_CASE("the horizon leaves it open, says what is missing, and holds", "[rollout]") {
    auto chosen = errors_only();
    chosen.horizon = later;
    auto evidence = no_evidence(chosen);
    auto& guardrail = evidence.candidates[0].guardrails[0];
    guardrail.waiting = false;
    guardrail.log_e_promotion = 2.5;
    guardrail.units_to_promotion = 8'000;

    auto const open = stepped(chosen, in_first_step(chosen), evidence);

    CHECK(open.state.verdict == verdict::inconclusive);
    CHECK(open.state.phase == phase::progressing);
    CHECK(open.state.candidates.front().share == 5);
    REQUIRE(reasons_of(open.decisions) == std::vector{reason::horizon_passed});
    CHECK(
        open.decisions.front().detail ==
        "v2: error_rate: log E 2.50 of 5.30, about 8000 more outcomes"
    );
    CHECK(stepped(chosen, open.state, all_proven(chosen)).decisions.empty());
    CHECK(stepped(chosen, open.state, harm_in(evidence, 0)).state.verdict == verdict::failed);
    CHECK(
        stepped(chosen, open.state, evidence, {command::promote}).state.phase == phase::succeeded
    );
}

TEST_CASE("what is proven at the horizon is promoted, not left open", "[rollout]") {
    auto chosen = errors_only();
    chosen.horizon = later;

    CHECK(
        stepped(chosen, in_last_step(chosen), all_proven(chosen)).state.verdict ==
        verdict::successful
    );
}

TEST_CASE("an incident of both freezes the weights until it is over", "[rollout]") {
    auto const chosen = errors_only();
    auto evidence = all_proven(chosen);
    evidence.candidates[0].incident = true;

    auto const frozen = stepped(chosen, in_last_step(chosen), evidence);
    CHECK(frozen.state.incident);
    CHECK(frozen.state.phase == phase::progressing);
    CHECK(reasons_of(frozen.decisions) == std::vector{reason::incident_began});
    CHECK(stepped(chosen, frozen.state, evidence).decisions.empty());

    auto const over = stepped(chosen, frozen.state, all_proven(chosen));
    CHECK(reasons_of(over.decisions) == std::vector{reason::incident_ended, reason::promoted});
}

TEST_CASE("an approval during an incident waits for its end", "[rollout]") {
    auto chosen = errors_only();
    chosen.approve_promotion = true;
    auto evidence = all_proven(chosen);
    auto const waits = stepped(chosen, in_last_step(chosen), evidence).state;
    evidence.candidates[0].incident = true;

    auto const frozen = stepped(chosen, waits, evidence, {command::approve}).state;
    CHECK(frozen.phase == phase::waiting);
    CHECK(stepped(chosen, frozen, all_proven(chosen)).state.phase == phase::succeeded);
}

TEST_CASE("broken assignments stop every test, and after a grace the rollout", "[rollout]") {
    auto const chosen = errors_only();
    auto evidence = all_proven(chosen);
    evidence.candidates[0].assignment_broken = true;
    auto const noticed = stepped(chosen, in_last_step(chosen), evidence);
    CHECK(reasons_of(noticed.decisions) == std::vector{reason::assignment_broken});
    CHECK(noticed.state.candidates.front().share == 50);

    // Neither weight nor verdict by evidence that cannot be trusted.
    auto const at_grace = later + chosen.assignment_grace;
    auto const harm = harm_in(evidence, 0);
    CHECK(stepped(chosen, noticed.state, harm, {}, at_grace - milliseconds{1}).decisions.empty());

    auto const out = stepped(chosen, noticed.state, harm, {}, at_grace).state;
    CHECK(out.phase == phase::failed);
    CHECK(out.verdict == verdict::error);
    CHECK(out.candidates.front().share == 0);
    CHECK(out.candidates.front().why_out == "assignment broken");
}

TEST_CASE("people's words are obeyed and recorded; an ended rollout takes none", "[rollout]") {
    auto const chosen = errors_only();
    auto const from = in_first_step(chosen);

    auto const paused = stepped(chosen, from, some_evidence(chosen), {command::pause});
    CHECK(paused.state.paused);
    CHECK(paused.state.step == 0);
    CHECK(paused.decisions.front().detail == "pause");
    CHECK(stepped(chosen, paused.state, some_evidence(chosen)).decisions.empty());
    auto const resumed =
        stepped(chosen, paused.state, some_evidence(chosen), {command::resume}).state;
    CHECK(resumed.step == 1);
    CHECK(
        stepped(chosen, from, no_evidence(chosen), {command::promote}).state.verdict ==
        verdict::successful
    );
    auto const back = stepped(chosen, from, all_proven(chosen), {command::rollback}).state;
    CHECK(back.verdict == verdict::failed);
    CHECK(back.candidates.front().share == 0);
    CHECK(stepped(chosen, back, all_proven(chosen), {command::promote}).decisions.empty());
}

TEST_CASE("with several candidates each is judged for itself", "[rollout]") {
    auto const chosen = errors_only(3);
    auto now = in_first_step(chosen);
    CHECK(primary_share(now) == 85);

    SECTION("one goes out, the others go on") {
        auto const one_out = stepped(chosen, now, harm_in(some_evidence(chosen), 1));
        CHECK(one_out.state.phase == phase::progressing);
        CHECK(one_out.state.candidates[1].out);
        CHECK(primary_share(one_out.state) == 90);
        CHECK(one_out.decisions.front().candidate == 1U);
        CHECK_FALSE(gives_more(now, one_out.state));
        auto const next = stepped(chosen, one_out.state, some_evidence(chosen)).state;
        CHECK(next.candidates[0].share == 10);
        CHECK(next.candidates[1].share == 0);
    }
    SECTION("no step opens while one of them lacks evidence") {
        auto evidence = some_evidence(chosen);
        evidence.candidates[2] = no_evidence(chosen).candidates[2];
        CHECK(stepped(chosen, now, evidence).decisions.empty());
    }
    SECTION("the primary always keeps something to compare with") {
        for (int i = 0; i < 5; ++i) {
            now = stepped(chosen, now, some_evidence(chosen)).state;
        }
        CHECK(now.candidates[0].share == 25);
        CHECK(primary_share(now) == 25);
        auto const done = stepped(chosen, now, all_proven(chosen)).state;
        CHECK(done.winner == 0);
        CHECK(done.candidates[0].share == 100);
        CHECK(done.candidates[1].share == 0);
    }
    SECTION("a person's promotion means the one that is proven") {
        auto evidence = some_evidence(chosen);
        evidence.candidates[2] = all_proven(chosen).candidates[2];
        CHECK(stepped(chosen, now, evidence, {command::promote}).state.winner == 2);
    }
    SECTION("one that is out neither freezes nor stops the rest") {
        auto const one_out = stepped(chosen, now, harm_in(no_evidence(chosen), 1)).state;
        auto evidence = no_evidence(chosen);
        evidence.candidates[1].incident = true;
        evidence.candidates[1].assignment_broken = true;
        CHECK(stepped(chosen, one_out, evidence).decisions.empty());
    }
    SECTION("with all of them out the rollout has failed") {
        auto const bad = harm_in(harm_in(harm_in(no_evidence(chosen), 0), 1), 2);
        CHECK(stepped(chosen, now, bad).state.phase == phase::failed);
    }
}

// Layered safety: nothing suspends a rollback, and ties go to it.

TEST_CASE("nothing suspends a rollback", "[rollout]") {
    auto chosen = errors_only();
    chosen.guardrails.push_back({.kind = metric_kind::accuracy});
    chosen.approve_promotion = true;
    chosen.horizon = milliseconds{1};
    auto from = in_last_step(chosen);
    auto evidence = harm_in(some_evidence(chosen), 0);
    std::vector<command> commands;
    SECTION("nothing is in its way") {}
    SECTION("a pause") {
        from.paused = true;
    }
    SECTION("a pause at the same moment") {
        commands = {command::pause};
    }
    SECTION("an approval at the same moment") {
        commands = {command::approve};
    }
    SECTION("a person's promotion at the same moment") {
        commands = {command::promote};
    }
    SECTION("an incident") {
        from.incident = true;
        evidence.candidates[0].incident = true;
    }
    SECTION("a promotion that waits for approval") {
        from.phase = phase::waiting;
    }
    SECTION("a metric in an error state") {
        evidence.candidates[0].guardrails[1].broken = true;
    }
    SECTION("an error state of another test of the same metric") {
        evidence.candidates[0].guardrails[0].broken = true;
    }
    SECTION("a metric of which nothing comes") {
        evidence.candidates[0].guardrails[1] = no_evidence(chosen).candidates[0].guardrails[1];
    }
    SECTION("a broken stream of labels") {
        evidence.candidates[0].guardrails[1].arrivals_broken = true;
    }
    SECTION("a verdict that was left open") {
        from.verdict = verdict::inconclusive;
    }
    SECTION("a step that opened this moment") {
        from.step_since = later;
    }
    SECTION("everything else is proven: ties go to rollback") {
        evidence = harm_in(all_proven(chosen), 0);
    }

    auto const done = stepped(chosen, from, evidence, commands);

    CHECK(done.state.phase == phase::failed);
    CHECK(done.state.verdict == verdict::failed);
    CHECK(done.state.candidates.front().share == 0);
    CHECK(done.state.candidates.front().why_out == "error_rate");
    REQUIRE_FALSE(done.decisions.empty());
    CHECK(done.decisions.front().why == reason::guardrail_violated);
    CHECK(done.decisions.front().detail == "error_rate: log E 4.61 of 4.61 needed");
}

TEST_CASE("a broken stream of labels does not decide, not for a rollback either", "[rollout]") {
    auto const chosen = errors_only();
    auto evidence = harm_in(some_evidence(chosen), 0);
    evidence.candidates[0].guardrails[0].arrivals_broken = true;

    CHECK(stepped(chosen, in_first_step(chosen), evidence).decisions.empty());
}

TEST_CASE("one call never takes weight from one candidate and gives it to another", "[rollout]") {
    auto const chosen = errors_only(2);
    auto const from = in_first_step(chosen);

    auto const by_itself = stepped(chosen, from, harm_in(all_proven(chosen), 0));
    auto const by_person =
        stepped(chosen, from, harm_in(all_proven(chosen), 0), {command::promote});

    CHECK_FALSE(gives_more(from, by_itself.state));
    CHECK_FALSE(gives_more(from, by_person.state));
    CHECK(by_person.state.phase == phase::progressing);
}

TEST_CASE("the same arguments give the same result", "[rollout]") {
    auto const chosen = errors_only(2);
    auto const from = in_first_step(chosen);
    auto const evidence = harm_in(some_evidence(chosen), 1);

    auto const one = stepped(chosen, from, evidence, {command::pause});
    auto const other = stepped(chosen, from, evidence, {command::pause});

    CHECK(one.state == other.state);
    CHECK(reasons_of(one.decisions) == reasons_of(other.decisions));
}

TEST_CASE("commands and reasons have names of their own", "[rollout]") {
    std::set<std::string_view> names;
    for (int i = 0; i <= static_cast<int>(command::rollback); ++i) {
        names.insert(name_of(static_cast<command>(i)));
    }
    CHECK(names.size() == static_cast<std::size_t>(command::rollback) + 1);
    names.clear();
    for (int i = 0; i <= static_cast<int>(reason::commanded); ++i) {
        names.insert(name_of(static_cast<reason>(i)));
    }
    CHECK(names.size() == static_cast<std::size_t>(reason::commanded) + 1);
    CHECK(names.count("") == 0);
}

}  // namespace millrace::rollout
