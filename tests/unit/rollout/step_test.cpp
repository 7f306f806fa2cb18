#include "proxy/rollout/step.hpp"

#include "tests/unit/rollout/support.hpp"

#include <catch2/catch.hpp>

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

TEST_CASE("an A/B test promotes the version whose reward is proven better", "[rollout]") {
    auto chosen = errors_only();
    chosen.strategy = strategy::ab;
    chosen.rewards = {{.name = "clicks"}, {.name = "sales"}};
    auto const from = in_first_step(chosen);
    CHECK(from.candidates[0].share == 50);
    auto evidence = all_proven(chosen);
    evidence.candidates[0].rewards[0].log_e_promotion = -2;

    SECTION("one of the rewards is enough") {
        CHECK(stepped(chosen, from, evidence).state.phase == phase::succeeded);
    }
    SECTION("none of them is not") {
        evidence.candidates[0].rewards[1].log_e_promotion = evidence.reward_threshold - 0.1;
        CHECK(stepped(chosen, from, evidence).decisions.empty());
    }
    SECTION("nor is one that does not hold in this step") {
        evidence.candidates[0].rewards[1].log_e_promotion_step = -0.1;
        CHECK(stepped(chosen, from, evidence).decisions.empty());
    }
    SECTION("nor is one beside another that gets worse") {
        evidence.candidates[0].rewards[0].log_e_rollback = 1.7;
        CHECK(stepped(chosen, from, evidence).decisions.empty());
    }
    SECTION("nor is a reward beside a guardrail that is open") {
        evidence.candidates[0].guardrails[0].log_e_promotion = 1;
        CHECK(stepped(chosen, from, evidence).decisions.empty());
    }
    SECTION("a guardrail is not needed") {
        chosen.guardrails.clear();
        evidence.candidates[0].guardrails.clear();
        CHECK(stepped(chosen, from, evidence).state.phase == phase::succeeded);
    }
    SECTION("an indicator proves nothing") {
        evidence.candidates[0].rewards[1].decides = false;
        CHECK(stepped(chosen, from, evidence).decisions.empty());
    }
}

TEST_CASE("a reward that is proven worse rolls back, an indicator never", "[rollout]") {
    auto chosen = errors_only();
    chosen.strategy = strategy::ab;
    chosen.rewards = {{.name = "clicks"}};
    auto const from = in_first_step(chosen);
    auto evidence = some_evidence(chosen);
    evidence.candidates[0].rewards[0].log_e_rollback = evidence.rollback_threshold;

    auto const done = stepped(chosen, from, evidence);
    CHECK(done.state.phase == phase::failed);
    CHECK(done.state.candidates[0].why_out == "clicks");

    evidence.candidates[0].rewards[0].decides = false;
    evidence.candidates[0].guardrails[0].decides = false;
    evidence.candidates[0].guardrails[0].log_e_rollback = 50;
    CHECK(stepped(chosen, from, evidence).decisions.empty());
}

TEST_CASE("indicators hold nothing up, but by themselves they allow nothing", "[rollout]") {
    auto chosen = errors_only();
    chosen.guardrails.push_back({.kind = metric_kind::latency, .role = metric_role::indicator});
    auto const from = in_first_step(chosen);
    auto evidence = some_evidence(chosen);
    evidence.candidates[0].guardrails[1].waiting = true;
    CHECK(stepped(chosen, from, evidence).state.step == 1);

    evidence.candidates[0].guardrails[0].decides = false;
    CHECK(stepped(chosen, from, evidence).decisions.empty());
}

TEST_CASE("a doubtful reward keeps a step closed, an open one does not", "[rollout]") {
    auto chosen = errors_only();
    chosen.rewards = {{.name = "clicks"}};
    auto const from = in_first_step(chosen);
    auto evidence = some_evidence(chosen);
    evidence.candidates[0].rewards[0].waiting = true;
    CHECK(stepped(chosen, from, evidence).state.step == 1);

    evidence.candidates[0].rewards[0].log_e_rollback = 1.7;
    CHECK(stepped(chosen, from, evidence).decisions.empty());
}

TEST_CASE("of several that are proven the best one wins", "[rollout]") {
    auto chosen = errors_only(3);
    chosen.strategy = strategy::abn;
    chosen.rewards = {{.name = "clicks"}};
    auto evidence = all_proven(chosen);
    evidence.candidates[0].rewards[0].candidate = {100, 40, 40};
    evidence.candidates[1].rewards[0].candidate = {100, 60, 60};
    evidence.candidates[2].rewards[0].candidate = {100, 50, 50};

    auto const done = stepped(chosen, in_first_step(chosen), evidence);

    CHECK(done.state.winner == 1);
    CHECK(done.state.candidates[1].share == 100);
}

TEST_CASE("an A/B test that nothing decides is inconclusive after its horizon", "[rollout]") {
    auto chosen = errors_only();
    chosen.strategy = strategy::ab;
    chosen.rewards = {{.name = "clicks"}};
    chosen.horizon = later;

    auto const done = stepped(chosen, in_first_step(chosen), some_evidence(chosen));

    CHECK(done.state.verdict == verdict::inconclusive);
    REQUIRE(done.decisions.size() == 1);
    CHECK(done.decisions[0].detail.find("v2: clicks: log E 1.00 of 5.30") != std::string::npos);
    CHECK(done.state.candidates[0].share == 50);
}

TEST_CASE("a bandit plays batch after batch until something is proven", "[rollout]") {
    auto chosen = errors_only();
    chosen.strategy = strategy::bandit;
    chosen.rewards = {{.name = "clicks"}};
    chosen.bandit.batch = milliseconds{60'000};
    auto const from = in_first_step(chosen);
    auto evidence = some_evidence(chosen);
    evidence.candidates[0].rewards[0].primary = {1'000, 100, 100};
    evidence.candidates[0].rewards[0].candidate = {1'000, 500, 500};

    CHECK(stepped(chosen, from, evidence).decisions.empty());
    auto const played = stepped(chosen, from, evidence, {}, milliseconds{60'000});
    CHECK(reasons_of(played.decisions) == std::vector{reason::batch});
    CHECK(played.decisions[0].detail == "v2 95 %");
    CHECK(played.state.candidates[0].share == 95);
    CHECK(played.state.batch == 1);
    CHECK(stepped(chosen, played.state, evidence, {}, milliseconds{119'999}).decisions.empty());

    auto const proven =
        stepped(chosen, played.state, all_proven(chosen), {}, milliseconds{120'000});
    CHECK(proven.state.phase == phase::succeeded);
    auto const harmed = stepped(chosen, played.state, harm_in(evidence, 0));
    CHECK(harmed.state.phase == phase::failed);
    auto const paused = stepped(chosen, from, evidence, {command::pause}, milliseconds{60'000});
    CHECK(paused.state.batch == 0);
}

TEST_CASE("while the route is overloaded no step opens, and one is given back", "[rollout]") {
    auto const chosen = errors_only();
    auto now = stepped(chosen, in_first_step(chosen), some_evidence(chosen)).state;
    now = stepped(chosen, now, some_evidence(chosen)).state;
    REQUIRE(now.step == 2);
    auto evidence = some_evidence(chosen);
    evidence.load = true;

    auto const down = stepped(chosen, now, evidence);
    CHECK(reasons_of(down.decisions) == std::vector{reason::load_began, reason::load});
    CHECK(down.state.step == 1);
    CHECK(down.state.candidates[0].share == 10);
    CHECK(down.state.verdict == verdict::running);
    CHECK_FALSE(gives_more(now, down.state));
    CHECK(stepped(chosen, down.state, evidence).decisions.empty());

    auto const over = stepped(chosen, down.state, some_evidence(chosen));
    CHECK(reasons_of(over.decisions) == std::vector{reason::load_ended, reason::step_opened});
    CHECK(over.state.step == 2);
}

TEST_CASE("load takes no first step back and promotes nothing", "[rollout]") {
    auto const chosen = errors_only();
    auto evidence = all_proven(chosen);
    evidence.load = true;
    CHECK(stepped(chosen, in_first_step(chosen), evidence).state.step == 0);

    auto split = chosen;
    split.strategy = strategy::fixed_split;
    split.steps = {50};
    CHECK(stepped(split, in_first_step(split), evidence).state.phase == phase::progressing);
    auto waits = in_last_step(chosen);
    waits.phase = phase::waiting;
    CHECK(stepped(chosen, waits, evidence, {command::approve}).state.phase == phase::waiting);
    auto harmed = harm_in(evidence, 0);
    CHECK(stepped(chosen, in_last_step(chosen), harmed).state.phase == phase::failed);
}

TEST_CASE("mirror first: copies open the first step, or reject the candidate", "[rollout]") {
    auto chosen = errors_only();
    chosen.strategy = strategy::mirror_first;
    auto const mirrors = stepped(chosen, begin(chosen), no_evidence(chosen));
    CHECK(mirrors.state.phase == phase::mirroring);
    CHECK(reasons_of(mirrors.decisions) == std::vector{reason::mirrored});
    CHECK(mirrors.state.candidates[0].share == 0);
    CHECK_FALSE(gives_more(begin(chosen), mirrors.state));
    auto evidence = no_evidence(chosen);
    evidence_assessment copies;
    copies.name = "mirrored error_rate";
    copies.log_e_promotion = 0.1;
    copies.step_outcomes = 50;
    evidence.candidates[0].mirrored = {copies};

    SECTION("enough of them, and nothing against it") {
        auto const opened = stepped(chosen, mirrors.state, evidence);
        CHECK(opened.state.phase == phase::progressing);
        CHECK(opened.state.candidates[0].share == 5);
        CHECK(gives_more(mirrors.state, opened.state));
        auto const next = stepped(chosen, opened.state, some_evidence(chosen));
        CHECK(next.state.candidates[0].share == 10);
    }
    SECTION("too few") {
        evidence.candidates[0].mirrored[0].step_outcomes = 49;
        CHECK(stepped(chosen, mirrors.state, evidence).decisions.empty());
    }
    SECTION("doubt") {
        evidence.candidates[0].mirrored[0].log_e_rollback = 1.7;
        CHECK(stepped(chosen, mirrors.state, evidence).decisions.empty());
    }
    SECTION("neither, until its horizon") {
        chosen.horizon = later;
        auto const done = stepped(chosen, mirrors.state, no_evidence(chosen));
        CHECK(done.state.verdict == verdict::inconclusive);
        CHECK(stepped(chosen, done.state, evidence).decisions.empty());
    }
    SECTION("harm is proven before any client saw it") {
        evidence.candidates[0].mirrored[0].log_e_rollback = evidence.rollback_threshold;
        auto const done = stepped(chosen, mirrors.state, evidence);
        CHECK(done.state.phase == phase::failed);
        CHECK(done.state.candidates[0].why_out == "mirrored error_rate");
    }
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

}  // namespace millrace::rollout
