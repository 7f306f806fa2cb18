#include "proxy/webhooks/cloud_event.hpp"

#include "proxy/base/ascii.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace millrace::webhooks {

namespace {

namespace json = boost::json;

constexpr std::string_view cdevents_prefix = "dev.cdevents.";
constexpr std::string_view cdevents_version = "0.5.1";

json::string text_of(std::string_view text) {
    return json::string(json::string_view{text.data(), text.size()});
}

bool is_cdevent(event_kind kind) {
    return type_of(kind).starts_with(cdevents_prefix);
}

/// Percent-encodes everything but letters, digits and `kept`.
std::string encoded(std::string_view text, std::string_view kept) {
    std::string made;
    for (char const c : text) {
        bool const plain =
            ascii::is_alpha(c) || ascii::is_digit(c) || kept.find(c) != std::string_view::npos;
        made += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return made;
}

/// A package URL: no registry knows a backend, its name is all there is.
std::string package_of(std::string_view version) {
    return "pkg:generic/" + encoded(version, "-._~");
}

/// An attribute as a field's value (CloudEvents HTTP binding, 3.1.3.2): what is not printable
/// ASCII, and space, quote and percent sign are encoded.
std::string field_value(std::string_view text) {
    return encoded(text, "!#$&'()*+,-./:;<=>?@[\\]^_`{|}~");
}

std::string subject_of(const event& what, const params& to) {
    if (what.kind == event_kind::step_opened) {
        return to.environment;
    }
    return what.route.empty() ? "gateway" : "service/" + what.route;
}

json::value data_of(const event& what) {
    boost::system::error_code error;
    auto parsed = json::parse({what.data.data(), what.data.size()}, error);
    return error ? json::value(json::object{}) : std::move(parsed);
}

json::object content_of(const event& what, const params& to) {
    json::object const environment{{"id", to.environment}};
    using kind = event_kind;
    if (what.kind == kind::started || what.kind == kind::promoted ||
        what.kind == kind::rolled_back) {
        return {{"environment", environment}, {"artifactId", package_of(what.version)}};
    }
    if (what.kind == kind::incident_began || what.kind == kind::incident_ended) {
        return {
            {"description", "primary and candidate are in breach of an objective together"},
            {"environment", environment},
            {"service", json::object{{"id", "service/" + what.route}}}};
    }
    return {{"name", to.environment}};
}

json::object cdevent_of(const event& what, const params& to) {
    json::object context{
        {"specversion", text_of(cdevents_version)},
        {"id", what.id},
        {"source", to.source},
        {"type", text_of(type_of(what.kind))},
        {"timestamp", what.time}};
    json::object subject{
        {"id", subject_of(what, to)}, {"source", to.source}, {"content", content_of(what, to)}};
    return {
        {"context", std::move(context)},
        {"subject", std::move(subject)},
        {"customData", data_of(what)},
        {"customDataContentType", "application/json"}};
}

std::string payload_of(const event& what, const params& to) {
    return is_cdevent(what.kind) ? json::serialize(cdevent_of(what, to)) : what.data;
}

message structured(const event& what, const params& to) {
    json::object document{
        {"specversion", "1.0"},
        {"id", what.id},
        {"source", to.source},
        {"type", text_of(type_of(what.kind))},
        {"subject", subject_of(what, to)},
        {"time", what.time},
        {"datacontenttype", "application/json"},
        {"data", is_cdevent(what.kind) ? json::value(cdevent_of(what, to)) : data_of(what)}};
    return {
        {{"content-type", "application/cloudevents+json; charset=utf-8"}},
        json::serialize(document)};
}

message binary(const event& what, const params& to) {
    return {
        {{"content-type", "application/json"},
         {"ce-specversion", "1.0"},
         {"ce-id", field_value(what.id)},
         {"ce-source", field_value(to.source)},
         {"ce-type", std::string{type_of(what.kind)}},
         {"ce-subject", field_value(subject_of(what, to))},
         {"ce-time", field_value(what.time)}},
        payload_of(what, to)};
}

}  // namespace

std::string_view type_of(event_kind kind) noexcept {
    switch (kind) {
        case event_kind::started:
            return "dev.cdevents.service.deployed.0.3.0";
        case event_kind::step_opened:
            return "dev.cdevents.environment.modified.0.3.0";
        case event_kind::paused:
            return "dev.millrace.rollout.paused";
        case event_kind::resumed:
            return "dev.millrace.rollout.resumed";
        case event_kind::approved:
            return "dev.millrace.rollout.approved";
        case event_kind::waiting:
            return "dev.millrace.rollout.waiting";
        case event_kind::promoted:
            return "dev.cdevents.service.upgraded.0.3.0";
        case event_kind::rolled_back:
            return "dev.cdevents.service.rolledback.0.3.0";
        case event_kind::incident_began:
            return "dev.cdevents.incident.detected.0.3.0";
        case event_kind::incident_ended:
            return "dev.cdevents.incident.resolved.0.3.0";
        case event_kind::inconclusive:
            return "dev.millrace.rollout.inconclusive";
        case event_kind::webhook_refused:
            return "dev.millrace.webhook.refused";
        case event_kind::configuration_reloaded:
            return "dev.millrace.configuration.reloaded";
        case event_kind::configuration_refused:
            return "dev.millrace.configuration.refused";
        case event_kind::confirm_start:
            return "dev.millrace.rollout.confirm_start";
        case event_kind::confirm_step:
            return "dev.millrace.rollout.confirm_step";
        case event_kind::confirm_promotion:
            return "dev.millrace.rollout.confirm_promotion";
        case event_kind::every:
            break;
    }
    return {};
}

message message_of(const event& what, const params& to) {
    return to.format == content_mode::cloudevents_binary ? binary(what, to) : structured(what, to);
}

}  // namespace millrace::webhooks
