// A rollout that is judged by labels, as its runner sees them.
#include "proxy/control/label_port.hpp"

#include "tests/unit/control/fake_ports.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <memory>
#include <utility>

namespace millrace::control {

using namespace std::chrono_literals;

namespace {

/// Gives out what the test lays down, and keeps what it is told.
class fake_labels final : public label_port {
 public:
    void begin(std::string_view /*route*/, label_epoch epoch) override {
        epochs.push_back(std::move(epoch));
    }

    void finish_before(std::string_view /*route*/) override { ++finished_before; }

    void finish_all(std::string_view /*route*/) override { ++finished_all; }

    [[nodiscard]] label_evidence read(std::string_view /*route*/) override {
        return std::exchange(next, {});
    }

    [[nodiscard]] std::string progress(std::string_view /*route*/) override { return "so far"; }

    void end(std::string_view /*route*/, journal::rollout_id rollout) override {
        ended.push_back(rollout);
    }

    std::vector<label_epoch> epochs;
    label_evidence next;
    int finished_before = 0;
    int finished_all = 0;
    std::vector<journal::rollout_id> ended;
};

struct stage {
    stage() {
        auto setup = error_rate_setup();
        setup.params.guardrails = {{.kind = rollout::metric_kind::accuracy}};
        runner = std::make_unique<rollout_runner>(
            setup,
            journal::rollout_id{7},
            rollout_runner::parts{
                .weights = weights,
                .journal = &journal,
                .on_driver = [this](std::function<void()> job) { jobs.push_back(std::move(job)); },
                .pace = 250ms,
                .labels = &labels}
        );
    }

    void tick() {
        for (auto const& job : std::exchange(jobs, {})) {
            job();
        }
        now += 250ms;
        runner->tick(now);
    }

    /// Labels of one tick of the newest epoch.
    void label(stats::arm_tick primary, stats::arm_tick candidate) {
        auto const& epoch = labels.epochs.back();
        labels.next.ticks.push_back(
            {.outcome = epoch.streams.front().outcome,
             .epoch = epoch.epoch,
             .tick = 1,
             .masses = epoch.masses,
             .counts = {primary, candidate}}
        );
    }

    fake_weights weights;
    fake_journal journal;
    fake_labels labels;
    std::vector<std::function<void()>> jobs;
    time_point now = clock::now();
    std::unique_ptr<rollout_runner> runner;
};

}  // namespace

TEST_CASE("labels are asked for with the epoch that they are judged in", "[control][labels]") {
    stage play;
    for (int i = 0; i < 4; ++i) {
        play.tick();
    }

    REQUIRE_FALSE(play.labels.epochs.empty());
    auto const& epoch = play.labels.epochs.back();
    CHECK(epoch.rollout == journal::rollout_id{7});
    CHECK(epoch.versions.size() == 2);
    CHECK(epoch.masses.size() == 2);
    CHECK(epoch.masses[0] + epoch.masses[1] == routing::traffic_split::units);
    REQUIRE(epoch.streams.size() == 1);
    CHECK(epoch.streams[0].age == 10min);
    CHECK(play.labels.finished_before > 0);
    CHECK(play.labels.finished_all == 0);
}

TEST_CASE("wrong labels roll a candidate back, and the labels end with it", "[control][labels]") {
    stage play;
    for (int i = 0; i < 4; ++i) {
        play.tick();
    }
    REQUIRE(play.weights.candidate_weight() == 1000);

    for (int i = 0; i < 10 && !play.runner->ended(); ++i) {
        play.label({180, 2}, {20, 20});
        play.tick();
    }

    CHECK(play.runner->ended());
    CHECK(play.weights.candidate_weight() == 0);
    CHECK(play.labels.ended == std::vector{journal::rollout_id{7}});
}

TEST_CASE("requests say nothing about accuracy", "[control][labels]") {
    stage play;
    for (int i = 0; i < 4; ++i) {
        play.tick();
    }
    for (int i = 0; i < 40; ++i) {
        play.weights.serve(0, 90, 0, play.now);
        play.weights.serve(1, 10, 10, play.now);
        play.tick();
    }
    auto const view = play.runner->view();
    CHECK(view->state.phase == rollout::phase::progressing);
    CHECK(view->evidence.candidates.at(0).guardrails.at(0).waiting);
}

TEST_CASE("how far labels are read is recorded with the evidence", "[control][labels]") {
    stage play;
    for (int i = 0; i < 10; ++i) {
        play.tick();
    }
    REQUIRE_FALSE(play.journal.commits.empty());
    CHECK(play.journal.commits.back().label_progress == "so far");
}

TEST_CASE("other weights end what is counted, a runner that goes too", "[control][labels]") {
    stage play;
    for (int i = 0; i < 4; ++i) {
        play.tick();
    }
    play.weights.set_by_hand(50, 50);
    for (int i = 0; i < 8; ++i) {
        play.tick();
    }
    CHECK(play.labels.finished_all == 1);

    play.runner.reset();
    CHECK(play.labels.ended == std::vector{journal::rollout_id{7}});
}

}  // namespace millrace::control
