#include "proxy/control/decision_announcer.hpp"

#include "tests/unit/control/fake_hooks.hpp"

#include <catch2/catch.hpp>

namespace millrace::control {

namespace {

using rollout::reason;

decision_record record_of(reason why) {
    decision_record made;
    made.decision.why = why;
    return made;
}

struct stand {
    fake_hooks hooks;
    rollout::params chosen;
    decision_announcer announcer{&hooks, chosen};
};

}  // namespace

TEST_CASE("what is in force is told at once", "[control]") {
    stand at;

    at.announcer.announce({record_of(reason::incident_began), record_of(reason::commanded)});

    CHECK(at.hooks.decisions == std::vector{reason::incident_began, reason::commanded});
}

TEST_CASE("a proposal is told when it is in force", "[control]") {
    stand at;
    at.announcer.hold({record_of(reason::step_opened)});

    at.announcer.settle({}, true);
    CHECK(at.hooks.decisions.empty());
    rollout::output in_force;
    in_force.shares_changed = true;
    at.announcer.settle(in_force, false);
    at.announcer.settle(in_force, false);

    CHECK(at.hooks.decisions == std::vector{reason::step_opened});
}

TEST_CASE("a proposal that came to nothing is not told", "[control]") {
    stand at;
    at.announcer.hold({record_of(reason::step_opened)});
    rollout::output came;
    SECTION("it could not be recorded") {}
    SECTION("a rollback overtook it") {
        came.shares_changed = true;
        came.decisions.push_back({reason::guardrail_violated, "", 0});
    }

    at.announcer.settle(came, false);
    came.decisions.clear();
    came.shares_changed = true;
    at.announcer.settle(came, false);

    CHECK(at.hooks.decisions.empty());
}

TEST_CASE("without hooks nobody is told", "[control]") {
    rollout::params const chosen;
    decision_announcer alone{nullptr, chosen};

    alone.announce({record_of(reason::started)});
    alone.hold({record_of(reason::started)});
    rollout::output in_force;
    in_force.shares_changed = true;
    CHECK_NOTHROW(alone.settle(in_force, false));
}

}  // namespace millrace::control
