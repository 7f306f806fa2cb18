#include "proxy/app/webhook_events.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

namespace millrace::app {

namespace {

using rollout::reason;
using webhooks::event_kind;

rollout::params two_versions() {
    rollout::params chosen;
    chosen.primary = "v1";
    chosen.candidates = {"v2"};
    return chosen;
}

control::decision_record record_of(reason why, std::string detail = {}) {
    control::decision_record made;
    made.route = "risk";
    made.rollout = {7};
    made.time = "2026-01-01T00:00:00.000Z";
    made.decision = {why, std::move(detail), 0};
    made.who = "ann (ci)";
    made.why = "a look";
    made.after = rollout::begin(two_versions());
    return made;
}

std::optional<event_kind> kind_of(const control::decision_record& made) {
    auto const event = event_of(made, two_versions());
    return event ? std::optional{event->kind} : std::nullopt;
}

}  // namespace

TEST_CASE("each decision that matters to others is an event", "[app][webhooks]") {
    CHECK(kind_of(record_of(reason::started)) == event_kind::started);
    CHECK(kind_of(record_of(reason::step_opened)) == event_kind::step_opened);
    CHECK(kind_of(record_of(reason::guardrail_violated)) == event_kind::rolled_back);
    CHECK(kind_of(record_of(reason::promoted)) == event_kind::promoted);
    CHECK(kind_of(record_of(reason::horizon_passed)) == event_kind::inconclusive);
    CHECK(kind_of(record_of(reason::incident_began)) == event_kind::incident_began);
    CHECK(kind_of(record_of(reason::incident_ended)) == event_kind::incident_ended);
    CHECK(kind_of(record_of(reason::ready_to_promote)) == event_kind::waiting);
    CHECK(kind_of(record_of(reason::waits_for_confirmation)) == event_kind::waiting);
    CHECK_FALSE(kind_of(record_of(reason::not_ready_any_more)));
}

TEST_CASE("a person's word is an event once", "[app][webhooks]") {
    CHECK(kind_of(record_of(reason::commanded, "pause")) == event_kind::paused);
    CHECK(kind_of(record_of(reason::commanded, "resume")) == event_kind::resumed);
    CHECK(kind_of(record_of(reason::commanded, "approve")) == event_kind::approved);
    CHECK(kind_of(record_of(reason::commanded, "rollback")) == event_kind::rolled_back);
    // The promotion itself is told beside it.
    CHECK_FALSE(kind_of(record_of(reason::commanded, "promote")));
    CHECK_FALSE(kind_of(record_of(reason::commanded, "confirm")));
}

TEST_CASE(
    "assignments that do not follow the coin are told when candidates leave", "[app][webhooks]"
) {
    auto made = record_of(reason::assignment_broken);
    CHECK_FALSE(kind_of(made));

    made.after.phase = rollout::phase::failed;
    CHECK(kind_of(made) == event_kind::rolled_back);
}

TEST_CASE("an event says what was decided, by whom, on what", "[app][webhooks]") {
    auto const event = event_of(record_of(reason::promoted, "v2"), two_versions()).value();
    auto const data = boost::json::parse(event.data).as_object();

    CHECK(event.route == "risk");
    CHECK(event.time == "2026-01-01T00:00:00.000Z");
    CHECK(event.version == "v2");
    CHECK(data.at("route").as_string() == "risk");
    CHECK(data.at("rollout").as_string() == "7");
    CHECK(data.at("reason").as_string() == "promoted");
    CHECK(data.at("who").as_string() == "ann (ci)");
    CHECK(data.at("why").as_string() == "a look");
    CHECK(data.at("shares").as_object().size() == 2);
    CHECK(data.at("evidence").as_array().size() == 1);
    CHECK(event_of(record_of(reason::guardrail_violated), two_versions()).value().version == "v1");
}

TEST_CASE("a question tells where the rollout stands", "[app][webhooks]") {
    auto const view = std::make_shared<control::rollout_view>();
    view->setup.route = "risk";
    view->setup.params = two_versions();
    view->state = rollout::begin(view->setup.params);

    auto const event = question_of({rollout::checkpoint::promotion, view});
    auto const data = boost::json::parse(event.data).as_object();

    CHECK(event.kind == event_kind::confirm_promotion);
    CHECK(event.route == "risk");
    CHECK(event.version == "v2");
    CHECK(data.at("confirm").as_string() == "promotion");
    CHECK(data.contains("candidates"));
    CHECK_FALSE(data.contains("decisions"));
    CHECK(question_of({rollout::checkpoint::start, view}).kind == event_kind::confirm_start);
    CHECK(question_of({rollout::checkpoint::step, view}).kind == event_kind::confirm_step);
}

TEST_CASE("a reload is told with what was wrong", "[app][webhooks]") {
    CHECK(reload_event({}).kind == event_kind::configuration_reloaded);
    auto const refused = reload_event({"f:1:1: no"});
    CHECK(refused.kind == event_kind::configuration_refused);
    CHECK(refused.data == R"({"errors":["f:1:1: no"]})");
}

TEST_CASE("checkpoints are the confirmations of the file", "[app][webhooks]") {
    CHECK(confirmation_of(rollout::checkpoint::start) == webhooks::confirmation::start);
    CHECK(confirmation_of(rollout::checkpoint::step) == webhooks::confirmation::step);
    CHECK(confirmation_of(rollout::checkpoint::promotion) == webhooks::confirmation::promotion);
}

}  // namespace millrace::app
