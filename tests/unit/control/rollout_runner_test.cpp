#include "proxy/base/random.hpp"
#include "proxy/rollout/archive.hpp"

#include "tests/unit/control/fake_ports.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

namespace millrace::control {

using namespace std::chrono_literals;

namespace {

/// A runner whose time and traffic the test plays. What it posts runs before its next tick.
struct stage {
    explicit stage(journal_port* journal = nullptr) : stage{error_rate_setup(), journal} {}

    explicit stage(rollout_setup setup, journal_port* journal = nullptr)
        : runner{make(std::move(setup), journal)} {}

    std::unique_ptr<rollout_runner> make(rollout_setup setup, journal_port* journal) {
        return std::make_unique<rollout_runner>(
            std::move(setup),
            journal::rollout_id{1},
            rollout_runner::parts{
                .weights = weights,
                .journal = journal,
                .on_driver = [this](std::function<void()> job) { jobs.push_back(std::move(job)); },
                .pace = 250ms}
        );
    }

    void tick() {
        for (auto const& job : std::exchange(jobs, {})) {
            job();
        }
        now += 250ms;
        runner->tick(now);
    }

    /// A period with a hundred requests, split as the weights say.
    /// @param failures  of the candidate's ten or more
    void busy_tick(std::uint64_t failures) {
        auto const of_candidate = weights.candidate_weight() / 100;
        if (weights.evidence() && of_candidate != 0) {
            weights.serve(0, 100 - of_candidate, 0, now);
            weights.serve(1, of_candidate, failures, now);
        }
        tick();
    }

    /// A period with a request each of thirty units of a route with affinity, new ones each time.
    void units_tick(std::uint64_t number) {
        random_source random{number};
        for (int i = 0; weights.evidence() && i < 30; ++i) {
            weights.serve_unit(random.next(), now);
        }
        tick();
    }

    [[nodiscard]] rollout::phase phase() const { return runner->view()->state.phase; }

    fake_weights weights;
    std::vector<std::function<void()>> jobs;
    time_point now = clock::now();
    std::unique_ptr<rollout_runner> runner;
};

rollout_setup sticky_setup() {
    auto setup = error_rate_setup();
    setup.params.unit_outcome = stats::unit_outcome::fraction;
    setup.params.unit_window = 100ms;
    return setup;
}

}  // namespace

TEST_CASE("a rollout begins with its first step", "[control][runner]") {
    stage play;

    play.tick();
    play.tick();

    CHECK(play.phase() == rollout::phase::progressing);
    CHECK(play.weights.candidate_weight() == 1000);
    CHECK(play.weights.evidence() != nullptr);
}

TEST_CASE("a candidate that fails gets nothing soon, and for good", "[control][runner]") {
    stage play;
    play.tick();
    play.tick();

    for (int i = 0; i < 12; ++i) {
        play.busy_tick(10);
    }

    CHECK(play.phase() == rollout::phase::failed);
    CHECK(play.weights.candidate_weight() == 0);
    CHECK(play.weights.evidence() == nullptr);
    CHECK(play.runner->ended());
}

TEST_CASE("a good candidate goes through its steps to everything", "[control][runner]") {
    stage play;

    for (int i = 0; i < 400 && !play.runner->ended(); ++i) {
        play.busy_tick(0);
    }

    CHECK(play.phase() == rollout::phase::succeeded);
    CHECK(play.weights.candidate_weight() == 10'000);
}

TEST_CASE("more weight waits until it is recorded", "[control][runner]") {
    fake_journal journal;
    journal.hangs = true;
    stage play{&journal};

    for (int i = 0; i < 10; ++i) {
        play.tick();
    }

    CHECK(play.weights.candidate_weight() == 0);
    REQUIRE(journal.commits.size() == 1);
    CHECK(journal.commits[0].memory.state.phase == rollout::phase::progressing);
}

TEST_CASE(
    "a late answer to an overtaken proposal says nothing about the next", "[control][runner]"
) {
    fake_journal journal;
    journal.hangs = true;
    stage play{&journal};
    play.tick();
    play.runner->give({rollout::command::pause, "ann", "a look"});
    play.tick();
    play.runner->give({rollout::command::resume, "ann", "seen"});
    play.tick();
    play.tick();
    REQUIRE(journal.unanswered.size() == 2);

    journal.unanswered[0]("");
    play.tick();
    play.tick();
    CHECK(play.weights.candidate_weight() == 0);

    journal.unanswered[1]("");
    play.tick();
    play.tick();
    CHECK(play.weights.candidate_weight() == 1000);
}

TEST_CASE("what cannot be recorded is not done, and it says so", "[control][runner]") {
    fake_journal journal;
    journal.error = "the disk is full";
    stage play{&journal};

    for (int i = 0; i < 10; ++i) {
        play.tick();
    }

    CHECK(play.weights.candidate_weight() == 0);
    CHECK(play.runner->view()->trouble.find("the disk is full") != std::string::npos);

    journal.error.clear();
    for (int i = 0; i < 4; ++i) {
        play.tick();
    }
    CHECK(play.weights.candidate_weight() == 1000);
}

TEST_CASE("a rollback waits for no disk and is marked", "[control][runner]") {
    fake_journal journal;
    stage play{&journal};
    play.tick();
    play.tick();
    play.tick();
    REQUIRE(play.weights.candidate_weight() == 1000);
    journal.hangs = true;

    for (int i = 0; i < 12; ++i) {
        play.busy_tick(10);
    }

    CHECK(play.weights.candidate_weight() == 0);
    REQUIRE(journal.marks.size() == 1);
    CHECK(journal.marks[0].candidate == "candidate");
}

TEST_CASE("a person's weights hold while it is paused, the rollout's after", "[control][runner]") {
    stage play;
    play.tick();
    play.tick();

    play.runner->give({rollout::command::pause, "ann", "a look"});
    play.tick();
    play.weights.set_by_hand(70, 30);
    for (int i = 0; i < 10; ++i) {
        play.tick();
    }
    CHECK(play.weights.candidate_weight() == 30);

    play.runner->give({rollout::command::resume, "ann", "seen"});
    for (int i = 0; i < 10; ++i) {
        play.tick();
    }
    CHECK(play.weights.candidate_weight() == 1000);
}

TEST_CASE("a rollout goes on where it was committed", "[control][runner]") {
    fake_journal journal;
    stage play{&journal};
    for (int i = 0; i < 60 && play.weights.candidate_weight() < 5000; ++i) {
        play.busy_tick(0);
    }
    REQUIRE(play.weights.candidate_weight() == 5000);
    auto const& last = journal.commits.back();
    kept_rollout const kept{
        .rollout = {1},
        .config_hash = "one",
        .memory = rollout::to_bytes(last.memory),
        .at = last.at,
        .ended = false,
        .marked = {},
        .attempt = 1,
        .proposed = false,
        .missing = {},
        .decisions = {}};

    stage next{&journal};
    REQUIRE(next.runner->resume(kept));

    CHECK(next.weights.candidate_weight() == 5000);
    CHECK(next.runner->view()->state == last.memory.state);
}

TEST_CASE("a marked candidate does not come back", "[control][runner]") {
    fake_journal journal;
    stage play{&journal};
    play.tick();
    play.tick();
    play.tick();
    kept_rollout const kept{
        .rollout = {1},
        .config_hash = "one",
        .memory = rollout::to_bytes(journal.commits.back().memory),
        .at = 1s,
        .ended = false,
        .marked = {"candidate"},
        .attempt = 1,
        .proposed = false,
        .missing = {},
        .decisions = {}};

    stage next{&journal};
    REQUIRE(next.runner->resume(kept));

    CHECK(next.runner->ended());
    CHECK(next.weights.candidate_weight() == 0);
}

TEST_CASE("the first commit of a process tells what was known before it", "[control][runner]") {
    fake_journal journal;
    stage play{&journal};
    play.tick();
    play.tick();
    REQUIRE(journal.commits.size() >= 2);
    REQUIRE(journal.commits[0].start);
    CHECK_FALSE(journal.commits[0].start->resumed);
    CHECK(journal.commits[0].start->memory.state.phase == rollout::phase::initializing);
    CHECK(journal.commits[0].proposal);
    CHECK_FALSE(journal.commits[1].start);
    kept_rollout kept;
    kept.memory = rollout::to_bytes(journal.commits.back().memory);
    kept.at = journal.commits.back().at;
    kept.missing = 700ms;

    journal.commits.clear();
    stage next{&journal};
    REQUIRE(next.runner->resume(kept));

    REQUIRE_FALSE(journal.commits.empty());
    REQUIRE(journal.commits[0].start);
    CHECK(journal.commits[0].start->resumed);
    CHECK(journal.commits[0].start->missing == 700ms);
    CHECK(rollout::to_bytes(journal.commits[0].start->memory) == kept.memory);
}

TEST_CASE(
    "a promotion that was recorded takes effect though a kill came between", "[control][runner]"
) {
    fake_journal journal;
    stage play{&journal};
    for (int i = 0; i < 400 && !play.runner->ended(); ++i) {
        play.busy_tick(0);
    }
    auto const promoted =
        std::find_if(journal.commits.begin(), journal.commits.end(), [](const auto& each) {
            return each.memory.state.phase == rollout::phase::succeeded;
        });
    REQUIRE(promoted != journal.commits.end());
    REQUIRE(promoted->proposal);
    kept_rollout kept;
    kept.memory = rollout::to_bytes(promoted->memory);
    kept.ended = true;

    stage later{&journal};
    REQUIRE(later.runner->resume(kept));
    CHECK(later.weights.candidate_weight() == 0);  // its weights are anybody's
    kept.proposed = true;
    stage next{&journal};
    REQUIRE(next.runner->resume(kept));

    CHECK(next.weights.candidate_weight() == 10'000);
}

TEST_CASE("the times of inputs rise, also where a process goes on", "[control][runner]") {
    fake_journal journal;
    stage play{&journal};
    for (int i = 0; i < 20; ++i) {
        play.busy_tick(0);
    }
    rollout::milliseconds last{-1};
    for (auto const& commit : journal.commits) {
        for (auto const& input : commit.inputs) {
            CHECK(input.now > last);
            last = input.now;
        }
    }
    kept_rollout kept;
    kept.memory = rollout::to_bytes(journal.commits.back().memory);
    kept.at = last;
    journal.commits.clear();
    stage next{&journal};
    REQUIRE(next.runner->resume(kept));
    for (int i = 0; i < 8; ++i) {
        next.tick();
    }

    auto const first = journal.commits.back().inputs.front().now;
    CHECK(first > last);
}

TEST_CASE("a rollout that the file has no more is closed on record", "[control][runner]") {
    fake_journal journal;
    stage play{&journal};
    play.tick();
    play.tick();

    play.runner->close("it is not in the file any more");

    CHECK(journal.commits.back().closed);
    CHECK(journal.commits.back().why_closed == "it is not in the file any more");
    CHECK(play.runner->as_past().begun);
    CHECK_FALSE(play.runner->as_past().succeeded);
}

TEST_CASE("a disk that does not answer for long costs inputs, not memory", "[control][runner]") {
    fake_journal journal;
    stage play{&journal};
    play.tick();
    play.tick();
    play.tick();
    journal.hangs = true;
    for (int i = 0; i < 3'700; ++i) {
        play.tick();
    }
    play.runner->finish();

    CHECK(journal.commits.back().inputs_lost == 3'600);
    CHECK(journal.commits.back().inputs.size() < 200);
}

TEST_CASE("a memory of something else is refused", "[control][runner]") {
    stage play;

    kept_rollout strange;
    strange.memory = "none";

    CHECK_FALSE(play.runner->resume(strange));
}

TEST_CASE(
    "on a sticky route units are judged, and remembered with the rollout", "[control][runner]"
) {
    fake_journal journal;
    stage play{sticky_setup(), &journal};
    for (int i = 0; i < 30; ++i) {
        play.units_tick(static_cast<std::uint64_t>(i));
    }
    REQUIRE(play.weights.candidate_weight() >= 1000);
    CHECK(play.runner->view()->units_known > 100);
    std::vector<std::string> units;
    std::size_t entered = 0;
    for (auto const& each : journal.commits) {
        units.insert(units.end(), each.units.begin(), each.units.end());
        for (auto const& input : each.inputs) {
            CHECK(input.ticks.empty());
            entered += input.units.size();
        }
    }
    CHECK(entered > 0);

    auto const& last = journal.commits.back();
    stage next{sticky_setup(), &journal};
    REQUIRE(next.runner->resume(
        {.rollout = {1},
         .config_hash = "one",
         .memory = rollout::to_bytes(last.memory),
         .at = last.at,
         .ended = false,
         .marked = {},
         .units = units}
    ));
    CHECK(next.runner->view()->units_known > 100);
}

TEST_CASE("units that cannot be read are refused like a memory", "[control][runner]") {
    fake_journal journal;
    stage play{sticky_setup(), &journal};
    play.tick();
    play.tick();
    play.tick();

    kept_rollout kept;
    kept.memory = rollout::to_bytes(journal.commits.back().memory);
    kept.units = {"none"};

    CHECK_FALSE(stage{sticky_setup()}.runner->resume(kept));
}

}  // namespace millrace::control
