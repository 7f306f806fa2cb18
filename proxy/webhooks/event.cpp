#include "proxy/webhooks/event.hpp"

#include "proxy/base/base64url.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <utility>

namespace millrace::webhooks {

namespace {

namespace json = boost::json;

constexpr std::size_t id_bytes = 16;

constexpr std::array<std::string_view, 18> names{
    "started",
    "step_opened",
    "paused",
    "resumed",
    "approved",
    "waiting",
    "promoted",
    "rolled_back",
    "incident_began",
    "incident_ended",
    "inconclusive",
    "webhook_refused",
    "configuration_reloaded",
    "configuration_refused",
    "confirm_start",
    "confirm_step",
    "confirm_promotion",
    "all"};

json::string text_of(std::string_view text) {
    return json::string(json::string_view{text.data(), text.size()});
}

std::optional<std::string> member(const json::object& of, const char* key) {
    auto const* const found = of.if_contains(key);
    if (found == nullptr || !found->is_string()) {
        return std::nullopt;
    }
    return std::string{found->get_string().data(), found->get_string().size()};
}

std::optional<event_kind> kind_of(std::string_view name) {
    auto const found = std::find(names.begin(), names.end(), name);
    return found == names.end() ? std::nullopt
                                : std::optional{static_cast<event_kind>(found - names.begin())};
}

}  // namespace

std::string new_event_id() {
    std::array<unsigned char, id_bytes> random{};
    // Fails only when the system has no entropy at all; a doubled id is then the smaller evil.
    (void)RAND_bytes(random.data(), static_cast<int>(random.size()));
    std::string text(base64url::encoded_size(random.size()), '\0');
    base64url::encode_to(text.data(), random);
    return "evt_" + text;
}

std::string_view name_of(event_kind of) noexcept {
    return names[static_cast<std::size_t>(of)];
}

bool is_question(event_kind kind) noexcept {
    return kind == event_kind::confirm_start || kind == event_kind::confirm_step ||
           kind == event_kind::confirm_promotion;
}

bool concerns(const params& webhook, std::string_view route) {
    auto const& routes = webhook.routes;
    return routes.empty() || std::find(routes.begin(), routes.end(), route) != routes.end();
}

bool takes(const params& webhook, const event& what) {
    auto const& all = webhook.events;
    bool const listed = std::any_of(all.begin(), all.end(), [&what](auto const each) {
        return each == event_kind::every || each == what.kind;
    });
    // What is about the gateway concerns everybody.
    return listed && !is_question(what.kind) &&
           (what.route.empty() || concerns(webhook, what.route));
}

std::string to_text(const event& from) {
    return json::serialize(json::object{
        {"id", from.id},
        {"kind", text_of(name_of(from.kind))},
        {"time", from.time},
        {"route", from.route},
        {"version", from.version},
        {"data", from.data}});
}

std::optional<event> event_from_text(std::string_view text) {
    boost::system::error_code error;
    auto const parsed = json::parse({text.data(), text.size()}, error);
    if (error || !parsed.is_object()) {
        return std::nullopt;
    }
    auto const& object = parsed.get_object();
    auto const name = member(object, "kind");
    auto const kind = name ? kind_of(*name) : std::nullopt;
    auto id = member(object, "id");
    auto time = member(object, "time");
    auto route = member(object, "route");
    auto version = member(object, "version");
    auto data = member(object, "data");
    if (!kind || !id || !time || !route || !version || !data) {
        return std::nullopt;
    }
    return event{
        std::move(*id),
        *kind,
        std::move(*time),
        std::move(*route),
        std::move(*version),
        std::move(*data)};
}

}  // namespace millrace::webhooks
