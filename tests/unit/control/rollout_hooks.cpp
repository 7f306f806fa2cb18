// A runner with hooks: what they hear, and what waits for them.
#include "proxy/control/rollout_runner.hpp"

#include "tests/unit/control/fake_hooks.hpp"
#include "tests/unit/control/fake_ports.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

namespace millrace::control {

using namespace std::chrono_literals;

namespace {

struct stage {
    explicit stage(rollout::checkpoints needed, journal_port* journal = nullptr) {
        hooks.needed = needed;
        runner = std::make_unique<rollout_runner>(
            error_rate_setup(),
            journal::rollout_id{1},
            rollout_runner::parts{
                .weights = weights,
                .journal = journal,
                .on_driver = [this](std::function<void()> job) { jobs.push_back(std::move(job)); },
                .pace = 250ms,
                .hooks = &hooks}
        );
    }

    /// @param failures  of the candidate's ten requests or more
    void tick(std::uint64_t failures = 0) {
        auto const of_candidate = weights.candidate_weight() / 100;
        if (weights.evidence() && of_candidate != 0) {
            weights.serve(0, 100 - of_candidate, 0, now);
            weights.serve(1, of_candidate, failures, now);
        }
        for (auto const& job : std::exchange(jobs, {})) {
            job();
        }
        now += 250ms;
        runner->tick(now);
    }

    void tick_until_asked(std::size_t times) {
        for (int i = 0; i < 400 && hooks.asked.size() < times; ++i) {
            tick();
        }
        REQUIRE(hooks.asked.size() == times);
    }

    [[nodiscard]] auto told(rollout::reason why) const {
        return std::count(hooks.decisions.begin(), hooks.decisions.end(), why);
    }

    fake_weights weights;
    fake_hooks hooks;
    std::vector<std::function<void()>> jobs;
    time_point now = clock::now();
    std::unique_ptr<rollout_runner> runner;
};

}  // namespace

TEST_CASE("a start waits for its confirmation", "[control][runner]") {
    stage play{{.start = true}};
    for (int i = 0; i < 10; ++i) {
        play.tick();
    }
    CHECK(play.weights.candidate_weight() == 0);
    CHECK(play.hooks.asked == std::vector{rollout::checkpoint::start});
    CHECK(play.runner->view()->waiting_for == "confirmation of start by ci (answered 503)");

    play.hooks.confirm();
    for (int i = 0; i < 3; ++i) {
        play.tick();
    }

    CHECK(play.weights.candidate_weight() == 1000);
    CHECK(play.told(rollout::reason::started) == 1);
    CHECK(play.runner->view()->waiting_for.empty());
    auto const& decisions = play.runner->view()->decisions;
    auto const confirmed = std::find_if(decisions.begin(), decisions.end(), [](auto const& each) {
        return each.decision.why == rollout::reason::commanded;
    });
    REQUIRE(confirmed != decisions.end());
    CHECK(confirmed->who == "webhook ci");
}

TEST_CASE("a rollback waits for no confirmation", "[control][runner]") {
    stage play{{.step = true}};
    play.tick_until_asked(1);
    auto const before = play.weights.candidate_weight();
    REQUIRE(before > 0);

    for (int i = 0; i < 200 && !play.runner->ended(); ++i) {
        play.tick(before / 100);
    }

    CHECK(play.weights.candidate_weight() == 0);
    CHECK(play.told(rollout::reason::guardrail_violated) == 1);
    CHECK(play.hooks.open.empty());
}

TEST_CASE("a confirmed step that cannot be recorded is asked about again", "[control][runner]") {
    fake_journal journal;
    stage play{{.step = true}, &journal};
    play.tick_until_asked(1);
    journal.error = "the disk is full";

    play.hooks.confirm();
    play.tick_until_asked(2);

    CHECK(play.weights.candidate_weight() == 1000);
    CHECK(play.told(rollout::reason::step_opened) == 0);
    journal.error.clear();
    play.hooks.confirm();
    for (int i = 0; i < 4; ++i) {
        play.tick();
    }
    CHECK(play.weights.candidate_weight() > 1000);
    CHECK(play.told(rollout::reason::step_opened) == 1);
}

}  // namespace millrace::control
