#include "proxy/webhooks/event.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace millrace::webhooks;

namespace {

event some_event(event_kind kind, std::string route = "risk") {
    return {"evt_1", kind, "2026-01-01T00:00:00.000Z", std::move(route), "v2", R"({"a":1})"};
}

}  // namespace

TEST_CASE("an id is new each time, and fit to be signed", "[webhooks][event]") {
    std::set<std::string> ids;
    for (int i = 0; i < 100; ++i) {
        ids.insert(new_event_id());
    }

    CHECK(ids.size() == 100);
    for (auto const& id : ids) {
        CHECK(id.size() == 26);
        CHECK(id.starts_with("evt_"));
        CHECK(id.find('.') == std::string::npos);
    }
}

TEST_CASE("an event comes back from its text", "[webhooks][event]") {
    for (int kind = 0; kind < static_cast<int>(event_kind::every); ++kind) {
        auto const one = some_event(static_cast<event_kind>(kind));
        CHECK(event_from_text(to_text(one)) == one);
    }
    for (auto const* text : {"", "[]", "{}", R"({"id":"x","kind":"unheard of"})"}) {
        CHECK_FALSE(event_from_text(text));
    }
}

TEST_CASE("a webhook is told of what it lists", "[webhooks][event]") {
    params webhook;
    CHECK(takes(webhook, some_event(event_kind::paused)));

    webhook.events = {event_kind::promoted, event_kind::rolled_back};
    CHECK(takes(webhook, some_event(event_kind::rolled_back)));
    CHECK_FALSE(takes(webhook, some_event(event_kind::paused)));
    webhook.events = {};
    CHECK_FALSE(takes(webhook, some_event(event_kind::rolled_back)));
}

TEST_CASE("a webhook of some routes hears of these and of the gateway", "[webhooks][event]") {
    params webhook;
    webhook.routes = {"risk"};

    CHECK(takes(webhook, some_event(event_kind::paused, "risk")));
    CHECK_FALSE(takes(webhook, some_event(event_kind::paused, "other")));
    CHECK(takes(webhook, some_event(event_kind::configuration_reloaded, "")));
    CHECK_FALSE(concerns(webhook, "other"));
}

TEST_CASE("questions are for those who confirm alone", "[webhooks][event]") {
    for (auto const kind :
         {event_kind::confirm_start, event_kind::confirm_step, event_kind::confirm_promotion}) {
        CHECK(is_question(kind));
        CHECK_FALSE(takes(params{}, some_event(kind)));
    }
    CHECK_FALSE(is_question(event_kind::waiting));
}
