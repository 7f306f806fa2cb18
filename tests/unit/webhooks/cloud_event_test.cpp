#include "proxy/webhooks/cloud_event.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include <algorithm>

using namespace millrace::webhooks;
namespace json = boost::json;

namespace {

event some_event(event_kind kind) {
    return {"evt_1", kind, "2026-01-01T00:00:00.000Z", "risk", "v 2", R"({"step":1})"};
}

params some_webhook(content_mode format = content_mode::cloudevents_structured) {
    params webhook;
    webhook.format = format;
    webhook.source = "/gw/eu";
    webhook.environment = "prod";
    return webhook;
}

std::string field(const message& of, const std::string& name) {
    auto const found = std::find_if(of.fields.begin(), of.fields.end(), [&name](auto const& each) {
        return each.first == name;
    });
    return found == of.fields.end() ? "" : found->second;
}

json::object body(const message& of) {
    return json::parse(of.body).as_object();
}

}  // namespace

TEST_CASE("structured: all attributes stand in the body", "[webhooks][cloudevents]") {
    auto const made = message_of(some_event(event_kind::paused), some_webhook());
    auto const document = body(made);

    CHECK(field(made, "content-type") == "application/cloudevents+json; charset=utf-8");
    CHECK(document.at("specversion").as_string() == "1.0");
    CHECK(document.at("id").as_string() == "evt_1");
    CHECK(document.at("source").as_string() == "/gw/eu");
    CHECK(document.at("type").as_string() == "dev.millrace.rollout.paused");
    CHECK(document.at("subject").as_string() == "service/risk");
    CHECK(document.at("time").as_string() == "2026-01-01T00:00:00.000Z");
    CHECK(document.at("datacontenttype").as_string() == "application/json");
    CHECK(document.at("data").at("step").as_int64() == 1);
}

TEST_CASE("binary: attributes are fields, the body is the data", "[webhooks][cloudevents]") {
    auto what = some_event(event_kind::paused);
    what.route = "m\xc3\xbchle 1%";
    auto const made = message_of(what, some_webhook(content_mode::cloudevents_binary));

    CHECK(field(made, "content-type") == "application/json");
    CHECK(field(made, "ce-specversion") == "1.0");
    CHECK(field(made, "ce-id") == "evt_1");
    CHECK(field(made, "ce-source") == "/gw/eu");
    CHECK(field(made, "ce-type") == "dev.millrace.rollout.paused");
    CHECK(field(made, "ce-subject") == "service/m%C3%BChle%201%25");
    CHECK(field(made, "ce-time") == "2026-01-01T00:00:00.000Z");
    CHECK(made.body == R"({"step":1})");
}

TEST_CASE("what CDEvents has a type for is a CDEvent", "[webhooks][cloudevents]") {
    auto const made = message_of(
        some_event(event_kind::rolled_back), some_webhook(content_mode::cloudevents_binary)
    );
    auto const document = body(made);
    auto const& context = document.at("context");
    auto const& subject = document.at("subject");

    CHECK(field(made, "ce-type") == "dev.cdevents.service.rolledback.0.3.0");
    CHECK(context.at("specversion").as_string() == "0.5.1");
    CHECK(context.at("id").as_string() == "evt_1");
    CHECK(context.at("source").as_string() == "/gw/eu");
    CHECK(context.at("type").as_string() == "dev.cdevents.service.rolledback.0.3.0");
    CHECK(context.at("timestamp").as_string() == "2026-01-01T00:00:00.000Z");
    CHECK(subject.at("id").as_string() == "service/risk");
    CHECK(subject.at("content").at("environment").at("id").as_string() == "prod");
    CHECK(subject.at("content").at("artifactId").as_string() == "pkg:generic/v%202");
    CHECK(document.at("customData").at("step").as_int64() == 1);

    auto const wrapped = body(message_of(some_event(event_kind::rolled_back), some_webhook()));
    CHECK(wrapped.at("data") == document);
    CHECK(wrapped.at("subject") == subject.at("id"));
}

TEST_CASE("each kind has a type of its own", "[webhooks][cloudevents]") {
    std::vector<std::string_view> types;
    for (int kind = 0; kind < static_cast<int>(event_kind::every); ++kind) {
        auto const type = type_of(static_cast<event_kind>(kind));
        CHECK((type.starts_with("dev.cdevents.") || type.starts_with("dev.millrace.")));
        CHECK(std::count(types.begin(), types.end(), type) == 0);
        types.push_back(type);
    }
}

TEST_CASE(
    "weights belong to the environment, incidents to it and the service", "[webhooks][cloudevents]"
) {
    auto const binary = some_webhook(content_mode::cloudevents_binary);
    auto const step = message_of(some_event(event_kind::step_opened), binary);
    auto const incident = body(message_of(some_event(event_kind::incident_began), binary));

    CHECK(field(step, "ce-type") == "dev.cdevents.environment.modified.0.3.0");
    CHECK(field(step, "ce-subject") == "prod");
    auto const& content = incident.at("subject").at("content");
    CHECK(content.at("environment").at("id").as_string() == "prod");
    CHECK(content.at("service").at("id").as_string() == "service/risk");
}
