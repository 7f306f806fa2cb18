#include "proxy/app/rollout_views.hpp"

#include <catch2/catch.hpp>

namespace millrace::app {

TEST_CASE("the admin API shows what the controller sees", "[app][rollout]") {
    control::rollout_view view;
    view.setup.route = "risk";
    view.rollout = {7};
    view.state.paused = true;
    view.trouble = "the disk is full";
    view.ticks_lost = 3;
    view.waiting_for = "confirmation of step by ci";
    view.units_known = 40;
    view.units_lost = 4;
    control::decision_record record;
    record.who = "ann";
    record.why = "a look";
    record.decision.why = rollout::reason::commanded;
    record.after.paused = true;
    view.decisions = {record};

    auto const shown = status_of(view);

    CHECK(shown.route == "risk");
    CHECK(shown.id == "7");
    CHECK(shown.state.paused);
    CHECK(shown.trouble == "the disk is full");
    CHECK(shown.ticks_lost == 3);
    CHECK(shown.waiting_for == "confirmation of step by ci");
    CHECK(shown.units_known == 40);
    CHECK(shown.units_lost == 4);
    REQUIRE(shown.decisions.size() == 1);
    CHECK(shown.decisions[0].who == "ann");
    CHECK(shown.decisions[0].why == "a look");
    CHECK(shown.decisions[0].after.paused);
}

}  // namespace millrace::app
