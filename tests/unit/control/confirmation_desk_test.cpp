#include "proxy/control/confirmation_desk.hpp"

#include "tests/unit/control/fake_hooks.hpp"

#include <catch2/catch.hpp>

#include <optional>
#include <utility>

namespace millrace::control {

namespace {

struct office {
    fake_hooks hooks;
    std::vector<std::function<void()>> jobs;
    std::vector<std::string> said_yes;
    rollout::state now;
    std::optional<confirmation_desk> desk{std::in_place, &hooks, [this](std::function<void()> job) {
                                              jobs.push_back(std::move(job));
                                          }};

    void follow(bool proposing = false) {
        desk->follow(
            now,
            proposing,
            [] { return std::make_shared<const rollout_view>(); },
            [this](std::string who) { said_yes.push_back(std::move(who)); }
        );
    }

    void run_jobs() {
        for (auto const& job : std::exchange(jobs, {})) {
            job();
        }
    }
};

}  // namespace

TEST_CASE("a desk asks once while a rollout waits", "[control]") {
    office at;
    at.follow();
    CHECK(at.hooks.asked.empty());
    CHECK(at.desk->waits_for().empty());

    at.now.awaited = rollout::checkpoint::step;
    at.follow();
    at.follow();

    CHECK(at.hooks.asked == std::vector{rollout::checkpoint::step});
    CHECK(at.desk->waits_for() == "confirmation of step by ci (answered 503)");
}

TEST_CASE(
    "a yes arrives on the driver's thread, and the next wait is another question", "[control]"
) {
    office at;
    at.now.awaited = rollout::checkpoint::step;
    at.follow();

    at.hooks.confirm();
    CHECK(at.said_yes.empty());
    at.run_jobs();

    CHECK(at.said_yes == std::vector<std::string>{"webhook ci"});
    CHECK(at.desk->waits_for().empty());
    at.follow();  // it was not recorded, and so it waits again
    CHECK(at.hooks.asked.size() == 2);
}

TEST_CASE("what is not awaited any more is withdrawn", "[control]") {
    office at;
    at.now.awaited = rollout::checkpoint::step;
    at.follow();
    SECTION("nothing is") {
        at.now.awaited = rollout::checkpoint::none;
        at.follow();
        CHECK(at.hooks.open.empty());
    }
    SECTION("another step is") {
        at.now.step = 1;
        at.follow();
        CHECK(at.hooks.asked.size() == 2);
        CHECK(at.hooks.open.size() == 1);
    }
    SECTION("the rollout has ended") {
        at.now.phase = rollout::phase::failed;
        at.follow();
        CHECK(at.hooks.open.empty());
    }
    SECTION("the desk is no more") {
        at.desk.reset();
        CHECK(at.hooks.open.empty());
    }
}

TEST_CASE("an answer that crosses the end of its question is nobody's", "[control]") {
    office at;
    at.now.awaited = rollout::checkpoint::step;
    at.follow();
    auto const late = at.hooks.open.begin()->second;

    late("webhook ci");
    SECTION("withdrawn meanwhile") {
        at.now.awaited = rollout::checkpoint::none;
        at.follow();
        at.run_jobs();
        CHECK(at.said_yes.empty());
    }
    SECTION("asked anew meanwhile") {
        at.now.step = 1;
        at.follow();
        at.run_jobs();
        CHECK(at.said_yes.empty());
        CHECK(at.hooks.open.size() == 1);
    }
    SECTION("gone meanwhile") {
        at.desk.reset();
        at.run_jobs();
        CHECK(at.said_yes.empty());
    }
}

TEST_CASE("nobody is asked while a decision waits for the disk, or without hooks", "[control]") {
    office at;
    at.now.awaited = rollout::checkpoint::step;
    at.follow(true);
    CHECK(at.hooks.asked.empty());

    confirmation_desk alone{nullptr, [](const std::function<void()>&) {}};
    alone.follow(
        at.now, false, [] { return nullptr; }, [](const std::string&) {}
    );
    CHECK(alone.waits_for().empty());
}

}  // namespace millrace::control
