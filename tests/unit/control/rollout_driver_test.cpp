#include "proxy/control/rollout_driver.hpp"

#include "tests/unit/control/fake_ports.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <functional>
#include <thread>

namespace millrace::control {

using namespace std::chrono_literals;

namespace {

/// Spins until the driver's thread has come to it; gives up after long.
bool eventually(const std::function<bool()>& holds) {
    auto const until = clock::now() + 30s;
    while (!holds() && clock::now() < until) {
        std::this_thread::yield();
    }
    return holds();
}

rollout::phase phase_of(const rollout_driver& driver) {
    auto const view = driver.view("risk");
    return view ? view->state.phase : rollout::phase::initializing;
}

}  // namespace

TEST_CASE("the driver runs what the file says", "[control][driver]") {
    fake_weights weights;
    rollout_driver driver{weights, nullptr, 5ms};
    driver.configure({error_rate_setup()});

    driver.start();

    CHECK(eventually([&] { return weights.candidate_weight() == 1000; }));
}

TEST_CASE("commands reach the rollout until it has ended", "[control][driver]") {
    fake_weights weights;
    rollout_driver driver{weights, nullptr, 5ms};
    driver.configure({error_rate_setup()});
    driver.start();
    REQUIRE(eventually([&] { return weights.candidate_weight() == 1000; }));

    CHECK(driver.command("other", {rollout::command::pause, "", ""}) == command_answer::no_rollout);
    CHECK(
        driver.command("risk", {rollout::command::rollback, "ann", "ugly"}) == command_answer::taken
    );
    CHECK(eventually([&] { return phase_of(driver) == rollout::phase::failed; }));
    CHECK(weights.candidate_weight() == 0);
    CHECK(driver.command("risk", {rollout::command::pause, "", ""}) == command_answer::ended);
    CHECK(driver.view("risk")->decisions.back().who == "ann");
}

TEST_CASE("the same setup goes on, another one begins anew", "[control][driver]") {
    fake_weights weights;
    rollout_driver driver{weights, nullptr, 5ms};
    driver.configure({error_rate_setup()});
    driver.start();
    REQUIRE(eventually([&] { return weights.candidate_weight() == 1000; }));
    auto const first = driver.view("risk")->rollout;

    driver.configure({error_rate_setup()});
    auto other = error_rate_setup();
    other.config_hash = "two";
    other.params.steps = {20, 100};
    CHECK(driver.view("risk")->rollout == first);
    driver.configure({other});

    CHECK(eventually([&] { return weights.candidate_weight() == 2000; }));
    CHECK(driver.view("risk")->rollout != first);

    driver.configure({});
    CHECK(eventually([&] { return driver.views().empty(); }));
    CHECK(weights.candidate_weight() == 2000);
}

TEST_CASE("a rollout that begins anew is the next attempt", "[control][driver]") {
    fake_weights weights;
    fake_journal journal;
    rollout_driver driver{weights, &journal, 5ms};
    auto setup = error_rate_setup();
    setup.artifacts = "candidate@1";
    driver.restore(
        {},
        {{.route = "risk",
          .rollout = {100},
          .artifacts = "candidate@1",
          .begun = true,
          .succeeded = false}}
    );
    driver.configure({setup});
    driver.start();
    REQUIRE(eventually([&] { return weights.candidate_weight() == 1000; }));
    CHECK(driver.view("risk")->setup.params.attempt == 2);

    auto other = setup;
    other.config_hash = "two";
    other.params.steps = {20, 100};
    driver.configure({other});
    CHECK(eventually([&] { return weights.candidate_weight() == 2000; }));
    CHECK(driver.view("risk")->setup.params.attempt == 3);

    auto new_artifact = other;
    new_artifact.artifacts = "candidate@2";
    new_artifact.config_hash = "three";
    driver.configure({new_artifact});
    CHECK(eventually([&] { return driver.view("risk")->setup.params.attempt == 1; }));
    driver.stop();
}

TEST_CASE(
    "what an earlier process left open and the file has no more is closed", "[control][driver]"
) {
    fake_weights weights;
    fake_journal journal;
    rollout_driver driver{weights, &journal, 5ms};
    kept_rollout gone;
    gone.rollout = {7};
    gone.config_hash = "gone";
    kept_rollout over = gone;
    over.rollout = {8};
    over.ended = true;
    driver.restore({{"risk", gone}, {"rest", over}}, {});

    driver.configure({error_rate_setup()});
    driver.start();
    REQUIRE(eventually([&] { return weights.candidate_weight() == 1000; }));
    driver.stop();

    CHECK(journal.abandoned == std::vector<journal::rollout_id>{{7}});
}

TEST_CASE("the end of the process commits what is left", "[control][driver]") {
    fake_weights weights;
    fake_journal journal;
    rollout_driver driver{weights, &journal, 5ms};
    driver.configure({error_rate_setup()});
    driver.start();
    REQUIRE(eventually([&] { return weights.candidate_weight() == 1000; }));

    driver.stop();

    auto const& last = journal.commits.back();
    CHECK(last.memory.state.phase == rollout::phase::progressing);
    CHECK_FALSE(last.proposal);
}

TEST_CASE("a candidate that is the primary is refused", "[control][driver]") {
    fake_weights weights;
    rollout_driver driver{weights, nullptr, 5ms};
    auto wrong = error_rate_setup();
    wrong.params.primary.clear();
    wrong.params.candidates = {"primary"};

    driver.configure({wrong});
    driver.start();
    driver.stop();

    CHECK(driver.views().empty());
    CHECK(weights.publications() == 0);
}

}  // namespace millrace::control
