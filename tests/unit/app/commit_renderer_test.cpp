#include "proxy/app/commit_renderer.hpp"

#include "tests/unit/app/recorded_rollout.hpp"
#include "tests/unit/journal/sample_rows.hpp"

#include <catch2/catch.hpp>

namespace millrace::app {

using namespace std::chrono_literals;

namespace {

struct fixture {
    rollout::experiment running{recorded_params(), 1s};
    commit_renderer tested{{}, {}};
    rollout::milliseconds now{0};

    control::rollout_commit commit(int inputs) {
        control::rollout_commit what;
        what.route = "risk";
        what.rollout = {1};
        what.params = recorded_params();
        what.memory = running.remembered();
        for (int i = 0; i < inputs; ++i) {
            rollout::input told;
            told.now = now += 250ms;
            what.inputs.push_back(told);
        }
        what.at = now;
        return what;
    }

    control::rollout_commit deciding(int inputs) {
        auto what = commit(inputs);
        control::decision_record made;
        made.route = "risk";
        made.rollout = {1};
        made.at = what.at;
        made.before = made.after = what.memory.state;
        what.decisions = {made};
        return what;
    }
};

}  // namespace

TEST_CASE("inputs are numbered on, and decisions know theirs", "[app][journal]") {
    fixture f;

    auto const first = f.tested.render(f.deciding(3));
    auto const second = f.tested.render(f.deciding(2));

    REQUIRE(second.inputs.size() == 1);
    CHECK(second.inputs[0].sequence == 3);
    CHECK(second.inputs[0].inputs == 2);
    CHECK(first.decisions[0].input == 2);
    CHECK(second.decisions[0].input == 4);
    CHECK(second.rollouts[0].next_input == 5);
}

TEST_CASE("what was not written goes out again in front, numbered as before", "[app][journal]") {
    fixture f;
    f.tested.keep_unwritten({1}, false, f.tested.render(f.deciding(3)));

    auto const batch = f.tested.render(f.deciding(2));

    REQUIRE(batch.inputs.size() == 2);
    CHECK(batch.inputs[0].sequence == 0);
    CHECK(batch.inputs[1].sequence == 3);
    REQUIRE(batch.decisions.size() == 2);
    CHECK(batch.decisions[0].input == 2);
    CHECK(batch.rollouts.size() == 1);
}

TEST_CASE("a proposal that was not written decided nothing", "[app][journal]") {
    fixture f;
    auto earlier = f.tested.render(f.deciding(1));
    f.tested.keep_unwritten({1}, false, std::move(earlier));
    auto proposal = f.deciding(1);
    proposal.proposal = true;
    f.tested.keep_unwritten({1}, true, f.tested.render(proposal));

    auto const batch = f.tested.render(f.commit(1));

    REQUIRE(batch.decisions.size() == 1);
    CHECK(batch.decisions[0].input == 0);
    CHECK(batch.inputs.size() == 3);
}

TEST_CASE("checkpoints come at the start, and after five minutes of inputs", "[app][journal]") {
    fixture f;
    auto begun = f.commit(1);
    begun.start = {.resumed = false, .missing = {}, .memory = begun.memory};
    auto const first = f.tested.render(begun);
    REQUIRE(first.checkpoints.size() == 1);
    CHECK(first.checkpoints[0].kind == checkpoint_kind::begun);
    CHECK(first.checkpoints[0].sequence == 0);

    CHECK(f.tested.render(f.commit(1'000)).checkpoints.empty());
    auto proposal = f.commit(300);
    proposal.proposal = true;
    CHECK(f.tested.render(proposal).checkpoints.empty());
    auto const later = f.tested.render(f.commit(1));
    REQUIRE(later.checkpoints.size() == 1);
    CHECK(later.checkpoints[0].kind == checkpoint_kind::periodic);
    CHECK(later.checkpoints[0].sequence == 1'302);
    CHECK(f.tested.render(f.commit(1)).checkpoints.empty());
}

TEST_CASE(
    "a disk that takes nothing for long loses inputs, and says so by a checkpoint", "[app][journal]"
) {
    fixture f;
    for (int i = 0; i < 4; ++i) {
        f.tested.keep_unwritten({1}, false, f.tested.render(f.deciding(1'000)));
    }

    auto const batch = f.tested.render(f.commit(2));

    CHECK(batch.inputs.empty());
    REQUIRE(batch.checkpoints.size() == 1);
    CHECK(batch.checkpoints[0].kind == checkpoint_kind::after_loss);
    CHECK(batch.checkpoints[0].sequence == 4'002);
    REQUIRE(batch.decisions.size() == 4);
    CHECK(batch.decisions[3].input == -1);
    auto const next = f.tested.render(f.commit(1));
    CHECK(next.checkpoints.empty());
    CHECK(next.inputs[0].sequence == 4'002);
}

TEST_CASE("weights that somebody sets are the route's from then on", "[app][journal]") {
    fixture f;
    auto const set = f.tested.render(journal::route_states{{"risk", "mine"}});
    CHECK(set.states.at("risk") == "mine");

    CHECK(f.tested.render(f.commit(1)).rollouts[0].route_state == "mine");
    f.tested.put_back({{"risk", "before"}});
    CHECK(f.tested.render(f.commit(1)).states.at("risk") == "before");
}

TEST_CASE("a rollout that is closed or abandoned has ended on record", "[app][journal]") {
    fixture f;
    auto closed = f.commit(1);
    closed.closed = true;
    closed.why_closed = "not in the file";
    auto const batch = f.tested.render(closed);
    CHECK(batch.rollouts[0].ended);
    REQUIRE(batch.decisions.size() == 1);
    CHECK(batch.decisions[0].reason == "closed");
    CHECK(batch.decisions[0].summary == "not in the file");

    commit_renderer::known known;
    known.open_rollouts[7] = journal::sample_rollout(7, "risk");
    commit_renderer other{{}, std::move(known)};
    auto const abandoned = other.render_abandoned({7}, "gone");
    REQUIRE(abandoned.rollouts.size() == 1);
    CHECK(abandoned.rollouts[0].ended);
    CHECK(abandoned.decisions[0].rollout == journal::rollout_id{7});
    CHECK(other.render_abandoned({7}, "gone") == journal::batch{});
}

}  // namespace millrace::app
