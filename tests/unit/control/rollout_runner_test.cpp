#include "proxy/rollout/archive.hpp"

#include "tests/unit/control/fake_ports.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <memory>
#include <utility>

namespace millrace::control {

using namespace std::chrono_literals;

namespace {

/// A runner whose time and traffic the test plays. What it posts runs before its next tick.
struct stage {
    explicit stage(journal_port* journal = nullptr) : runner{make(journal)} {}

    std::unique_ptr<rollout_runner> make(journal_port* journal) {
        return std::make_unique<rollout_runner>(
            error_rate_setup(),
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

    [[nodiscard]] rollout::phase phase() const { return runner->view()->state.phase; }

    fake_weights weights;
    std::vector<std::function<void()>> jobs;
    time_point now = clock::now();
    std::unique_ptr<rollout_runner> runner;
};

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
        .marked = {}};

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
        .marked = {"candidate"}};

    stage next{&journal};
    REQUIRE(next.runner->resume(kept));

    CHECK(next.runner->ended());
    CHECK(next.weights.candidate_weight() == 0);
}

TEST_CASE("a memory of something else is refused", "[control][runner]") {
    stage play;

    kept_rollout strange;
    strange.memory = "none";

    CHECK_FALSE(play.runner->resume(strange));
}

}  // namespace millrace::control
