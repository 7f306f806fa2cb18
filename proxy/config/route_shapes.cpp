#include "proxy/base/ascii.hpp"
#include "proxy/config/choice_shape.hpp"
#include "proxy/config/container_shapes.hpp"
#include "proxy/config/header_rules.hpp"
#include "proxy/config/object_shape.hpp"
#include "proxy/config/rollout_rules.hpp"
#include "proxy/config/shapes.hpp"
#include "proxy/config/wording.hpp"

namespace millrace::config {

namespace {

using routing::backend_ref;
using routing::route_params;

constexpr auto weight_value = [](auto& ref) -> auto& {
    return ref.weight.value;
};

shape_ptr<backend_ref> backend_ref_shape() {
    return object<backend_ref>()
        .required(
            "backend",
            &backend_ref::backend,
            text(name_rules("the name of a backend")),
            "The name of a backend."
        )
        .field(
            "weight",
            weight_value,
            integer<std::uint32_t>({0, weight::value_max}),
            "Its part of the traffic: share = weight / sum of the weights; 0: no traffic."
        )
        .build();
}

std::optional<std::string> upgrade_problem(std::string_view name) {
    auto const lower = ascii::lowered(name);
    if (lower == "h2c" || lower == "http" || lower == "tls") {
        return in_quotes(name) + ", which would change the protocol of the connection itself";
    }
    return std::nullopt;
}

text_rules upgrade_rules() {
    auto rules = token_rules("an upgrade such as websocket");
    rules.check = upgrade_problem;
    rules.lower_case = true;
    return rules;
}

shape_ptr<route_params> timeouts_shape() {
    return object<route_params>()
        .field(
            "total",
            &route_params::total_timeout,
            optional(duration<std::chrono::milliseconds>()),
            "Replaces the backend's total; 0: no limit."
        )
        .build();
}

/// Only `none` is built, so that nothing remembers it.
class protocol_shape final : public shape<route_params> {
 public:
    void read(reader& in, const node& from, route_params& /*to*/) const override {
        std::string ignored;
        names_->read(in, from, ignored);
    }

    [[nodiscard]] json::value write(const route_params& /*from*/) const override { return "none"; }

    [[nodiscard]] json::object schema() const override { return names_->schema(); }

    [[nodiscard]] shape_info info() const override { return names_->info(); }

 private:
    shape_ptr<std::string> names_ = choice<std::string>(
        {{"none", "none"}},
        {"wml_predictions",
         "watsonx_text",
         "watsonx_chat",
         "wml_ai_service",
         "openai",
         "kserve_v1",
         "open_inference_v2"}
    );
};

void add_message_keys(object<route_entry>& route) {
    shape_ptr<route_params> const protocol = std::make_shared<protocol_shape>();
    route
        .field(
            "request_headers",
            &route_params::request_headers,
            header_edits_shape(),
            "Changes to its requests, before the backend's."
        )
        .field(
            "response_headers",
            &route_params::response_headers,
            header_edits_shape(),
            "Changes to its answers, after the backend's."
        )
        .field("protocol", whole, protocol, "The protocol of the bodies.")
        .field(
            "labels",
            &route_params::labels,
            labels_shape(),
            "What its answers say about themselves: whether they are right, and what they predict."
        );
}

void add_later_keys(object<route_entry>& route) {
    route.later("drift", "Watches features and predictions.")
        .later("tuning", "Starts retraining.")
        .later("mirror", "Copies requests to a backend whose answers nobody sees.")
        .later("retries", "Repeats requests that failed.")
        .later("fallback", "Other backends that may answer.")
        .later("rate_limit", "Requests per second, by key.")
        .later("faults", "Injected delays and failures.")
        .later("api_keys", "Credentials of clients.")
        .later("metrics", "Metrics of the route's own.");
}

}  // namespace

shape_ptr<route_entry> route_shape() {
    object<route_entry> route;
    route
        .required(
            "name",
            &route_params::name,
            text(name_rules("the name of a route")),
            "The route's name: in metrics, logs and the admin API."
        )
        .field(
            "match",
            &route_params::match,
            match_shape(),
            "Which requests it takes: all conditions that are given must hold."
        )
        .required(
            "backend_refs",
            &route_params::backend_refs,
            list(backend_ref_shape(), {1, 100}),
            "Where its traffic goes."
        )
        .field(
            "affinity",
            &route_params::affinity,
            affinity_shape(),
            "What keeps its version; without it each request is drawn for itself."
        )
        .field("timeouts", whole, timeouts_shape(), "What replaces the backend's timeouts.")
        .field(
            "upgrades",
            &route_params::upgrades,
            list(text(upgrade_rules()), {0, 16}),
            "Protocols that a client may upgrade to."
        )
        .field(
            "half_close",
            &route_params::half_close,
            boolean(),
            "A client that stops sending while an answer is owed still wants it."
        )
        .field(
            "body_bytes_max",
            &route_params::body_bytes_max,
            optional(bytes<std::uint64_t>({0, 1ULL << 50U})),
            "Replaces the listener's; 0: no limit."
        );
    add_message_keys(route);
    route.field(
        "rollout",
        &route_entry::rollout,
        optional(rollout_shape()),
        "Moves the weights by evidence: promotes the candidate, or rolls it back."
    );
    add_later_keys(route);
    return route.check(check_rollout_of).build();
}

text_rules name_rules(const char* what) {
    text_rules rules;
    rules.type = "name";
    rules.expected = std::string{what} + ": letters, digits, '.', '_' and '-', at most 128";
    rules.pattern = "^[0-9A-Za-z_][0-9A-Za-z._-]{0,127}$";
    return rules;
}

}  // namespace millrace::config
