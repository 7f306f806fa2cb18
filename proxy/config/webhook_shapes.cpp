#include "proxy/config/choice_shape.hpp"
#include "proxy/config/container_shapes.hpp"
#include "proxy/config/header_rules.hpp"
#include "proxy/config/object_shape.hpp"
#include "proxy/config/secret.hpp"
#include "proxy/config/shapes.hpp"
#include "proxy/config/url.hpp"
#include "proxy/config/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace millrace::config {

namespace {

using webhooks::confirmation;
using webhooks::content_mode;
using webhooks::event_kind;
using webhooks::params;

constexpr const char* url_pattern = "^[hH][tT][tT][pP][sS]?://[^/?#@]+(/[^?#]*)?([?][^#]*)?$";
constexpr std::size_t webhooks_max = 64;
constexpr duration_range pause_range{std::chrono::milliseconds{1}, std::chrono::hours{1}};

/// Where to post. A dump shows no more than the authority: the rest may be a secret.
class webhook_url_shape final : public shape<webhooks::target> {
 public:
    void read(reader& in, const node& from, webhooks::target& to) const override {
        constexpr const char* expected = "expected a URL such as https://ci.example/hook, got ";
        if (from.kind != node::kind::text) {
            in.fail(from, expected + kind_name(from));
            return;
        }
        auto parsed = parse_url(from.text, url_schemes::http_or_https);
        if (!parsed.parts) {
            in.fail(from, expected + parsed.problem);
            return;
        }
        auto& parts = *parsed.parts;
        to.tls = parts.tls;
        to.host = std::move(parts.host);
        to.port = parts.port;
        to.authority = std::move(parts.authority);
        to.path = parts.path.empty() ? "/" : std::move(parts.path);
        if (!parts.query.empty()) {
            to.path += "?" + parts.query;
        }
    }

    [[nodiscard]] json::value write(const webhooks::target& from) const override {
        if (from.host.empty()) {
            return nullptr;
        }
        return json::string(fmt::format(
            "{}://{}/{}",
            from.tls ? "https" : "http",
            from.authority,
            from.path == "/" ? std::string_view{} : mask
        ));
    }

    [[nodiscard]] json::object schema() const override {
        return {{"type", "string"}, {"pattern", url_pattern}};
    }

    [[nodiscard]] shape_info info() const override { return {"URL", ""}; }
};

shape_ptr<event_kind> event_shape() {
    return choice<event_kind>(
        {{"all", event_kind::every},
         {"started", event_kind::started},
         {"step_opened", event_kind::step_opened},
         {"paused", event_kind::paused},
         {"resumed", event_kind::resumed},
         {"approved", event_kind::approved},
         {"waiting", event_kind::waiting},
         {"promoted", event_kind::promoted},
         {"rolled_back", event_kind::rolled_back},
         {"incident_began", event_kind::incident_began},
         {"incident_ended", event_kind::incident_ended},
         {"inconclusive", event_kind::inconclusive},
         {"webhook_refused", event_kind::webhook_refused},
         {"configuration_reloaded", event_kind::configuration_reloaded},
         {"configuration_refused", event_kind::configuration_refused}}
    );
}

shape_ptr<std::string> plain_text(const char* type, const char* expected, const char* pattern) {
    text_rules rules;
    rules.type = type;
    rules.expected = expected;
    rules.pattern = pattern;
    return text(rules);
}

void add_subjects(object<params>& webhook) {
    webhook
        .required(
            "name", &params::name, text(name_rules("a name")), "In logs, answers and records."
        )
        .required(
            "url",
            &params::target,
            shape_ptr<webhooks::target>{std::make_shared<webhook_url_shape>()},
            "Where it is posted to: http or https."
        )
        .field("events", &params::events, list(event_shape(), {0, 15}), "What it is told of.")
        .field(
            "confirm",
            &params::confirm,
            list(
                choice<confirmation>(
                    {{"start", confirmation::start},
                     {"step", confirmation::step},
                     {"promotion", confirmation::promotion}}
                ),
                {0, 3}
            ),
            "What waits until it answers 2xx; a rollback never does."
        )
        .field(
            "routes",
            &params::routes,
            list(text(name_rules("the name of a route")), {0, 10'000}),
            "Whose rollouts it is told of and asked about; none: all."
        );
}

void add_form(object<params>& webhook) {
    webhook
        .field(
            "format",
            &params::format,
            choice<content_mode>(
                {{"cloudevents_structured", content_mode::cloudevents_structured},
                 {"cloudevents_binary", content_mode::cloudevents_binary}}
            ),
            "How a CloudEvent stands in the request."
        )
        .field(
            "secret_env",
            &params::secret,
            secret_text_from_environment(),
            "The environment variable with the secret that signs, at least 16 bytes, or "
            "whsec_BASE64."
        )
        .field(
            "secret_file",
            &params::secret,
            secret_text_from_file(),
            "The file with the secret that signs."
        )
        .at_most_one_of({"secret_env", "secret_file"})
        .field(
            "source",
            &params::source,
            plain_text("URI reference", "a URI reference such as /gateway/eu", "^[!-~]{1,256}$"),
            "CloudEvents: who says so."
        )
        .field(
            "environment",
            &params::environment,
            plain_text("text", "a name of at most 256 visible characters", "^[!-~]{1,256}$"),
            "CDEvents: the environment that the versions run in."
        )
        .field(
            "ca_file",
            &params::ca_file,
            plain_text("path", "the path of a file", ""),
            "Certificates in PEM that the peer's must lead to; none: the system's."
        );
}

void add_attempts(object<params>& webhook) {
    webhook
        .field(
            "timeout",
            &params::timeout,
            duration<std::chrono::milliseconds>(
                {std::chrono::milliseconds{1}, std::chrono::minutes{5}}
            ),
            "Of one attempt as a whole."
        )
        .field(
            "attempts",
            &params::attempts,
            integer<std::uint32_t>({1, 100}),
            "Attempts until an event is a dead letter."
        )
        .field(
            "retry_delay",
            &params::retry_delay,
            duration<std::chrono::milliseconds>(pause_range),
            "Before the second attempt; doubles from then on, and a random part is left out."
        )
        .field(
            "retry_delay_max",
            &params::retry_delay_max,
            duration<std::chrono::milliseconds>(pause_range),
            "The longest pause; an answer's Retry-After may ask for more, up to an hour."
        )
        .field(
            "confirm_interval",
            &params::confirm_interval,
            duration<std::chrono::milliseconds>(pause_range),
            "Between two askings of the same question."
        );
}

}  // namespace

shape_ptr<std::vector<params>> webhooks_shape() {
    object<params> webhook;
    add_subjects(webhook);
    add_form(webhook);
    add_attempts(webhook);
    return list(webhook.build(), {0, webhooks_max});
}

void check_webhooks(reader& in, const node& root, const configuration& read) {
    std::vector<std::string> routes;
    for (auto const& each : read.table.routes) {
        routes.push_back(each.name);
    }
    std::set<std::string> seen;
    for (std::size_t i = 0; i < read.webhooks.size(); ++i) {
        auto const& webhook = read.webhooks[i];
        if (!webhook.name.empty() && !seen.insert(webhook.name).second) {
            in.fail_at(
                root,
                key_path{"webhooks", i, "name"},
                fmt::format("expected each name once, got {} again", in_quotes(webhook.name))
            );
        }
        for (std::size_t j = 0; j < webhook.routes.size(); ++j) {
            auto const& name = webhook.routes[j];
            if (!name.empty() && std::find(routes.begin(), routes.end(), name) == routes.end()) {
                in.fail_at(
                    root,
                    key_path{"webhooks", i, "routes", j},
                    fmt::format("expected the name of a route, got {}", in_quotes(name)),
                    nearest(name, routes)
                );
            }
        }
    }
}

}  // namespace millrace::config
