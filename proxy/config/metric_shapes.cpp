// custom_metrics: metrics whose values an HTTP server tells as JSON.
#include "proxy/config/choice_shape.hpp"
#include "proxy/config/container_shapes.hpp"
#include "proxy/config/header_rules.hpp"
#include "proxy/config/metric_rules.hpp"
#include "proxy/config/object_shape.hpp"
#include "proxy/config/shapes.hpp"
#include "proxy/config/text_map_shape.hpp"

namespace millrace::config {

namespace {

using providers::auth_kind;
using providers::method;
using providers::metric_params;
using providers::metric_type;
using providers::named_text;
using providers::secret_params;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

text_rules plain_rules(const char* type, const char* expected) {
    text_rules rules;
    rules.type = type;
    rules.expected = expected;
    return rules;
}

text_rules url_rules() {
    auto rules = plain_rules("url", "http:// or https:// with a host, and no fragment");
    rules.pattern = "^https?://[^/?#@\\s]+([/?][^#\\s]*)?$";
    rules.hidden = true;
    return rules;
}

/// What a placeholder may be called.
text_rules placeholder_rules() {
    auto rules = plain_rules("name", "a name of letters, digits and '_', at most 128");
    rules.pattern = "^[A-Za-z_][A-Za-z0-9_]{0,127}$";
    return rules;
}

text_rules parameter_rules() {
    auto rules = plain_rules("name", "the name of a parameter, at most 128 bytes without blanks");
    rules.pattern = "^[!-~]{1,128}$";
    return rules;
}

shape_ptr<secret_params> secret_source_shape() {
    auto variable = plain_rules("environment variable", "the name of an environment variable");
    variable.pattern = "^[A-Za-z_][A-Za-z0-9_]{0,127}$";
    variable.hidden = true;
    return object<secret_params>()
        .field(
            "env", &secret_params::env, text(variable), "The environment variable that holds it."
        )
        .field(
            "file",
            &secret_params::file,
            text(plain_rules("path", "the path of a file")),
            "The file that holds it, at most 4 KiB."
        )
        .exactly_one_of({"env", "file"})
        .build();
}

void add_request(object<metric_params>& metric) {
    metric
        .required(
            "url",
            &metric_params::url,
            text(url_rules()),
            "Where to ask; $NAME stands for a secret."
        )
        .field(
            "params",
            &metric_params::params,
            text_map(&named_text::name, &named_text::value, parameter_rules()),
            "Of the query; $name, variables, $elapsedTime and $interval are replaced."
        )
        .field(
            "headers",
            &metric_params::headers,
            text_map(
                &named_text::name, &named_text::value, field_name_rules(), template_kind::header
            ),
            "Of the request; $NAME stands for a secret."
        )
        .field(
            "method",
            &metric_params::method,
            choice<method>({{"GET", method::get}, {"POST", method::post}}),
            "With POST the body is sent."
        )
        .field(
            "body",
            &metric_params::body,
            text(plain_rules("text", "JSON as text")),
            "JSON; placeholders as in params."
        );
}

void add_secrets(object<metric_params>& metric) {
    metric
        .field(
            "auth",
            &metric_params::auth,
            choice<auth_kind>(
                {{"none", auth_kind::none},
                 {"basic", auth_kind::basic},
                 {"bearer", auth_kind::bearer},
                 {"api_key", auth_kind::api_key}}
            ),
            "basic: secrets username and password; bearer: token; api_key: in headers."
        )
        .field(
            "secrets",
            &metric_params::secrets,
            named(secret_source_shape(), &secret_params::name, placeholder_rules()),
            "Where secrets come from; read whenever they are used."
        )
        .field(
            "secret_dir",
            &metric_params::secret_dir,
            text(plain_rules("path", "the path of a directory")),
            "Further secrets, a file each, called as the placeholder."
        )
        .field(
            "ca_file",
            &metric_params::ca_file,
            text(plain_rules("path", "the path of a file")),
            "Who signs the server's certificate, PEM; none: the system's."
        );
}

void add_value(object<metric_params>& metric) {
    metric
        .required(
            "jq",
            &metric_params::jq,
            text(plain_rules("jq expression", "an expression of jq")),
            "Its first result is the value, a number."
        )
        .field(
            "type",
            &metric_params::type,
            choice<metric_type>({{"gauge", metric_type::gauge}, {"counter", metric_type::counter}}),
            "What it does: up and down, or only up."
        )
        .field(
            "sample_size",
            &metric_params::sample_size,
            text(name_rules("the name of a metric")),
            "Another metric: how much this one was computed from."
        )
        .field(
            "units",
            &metric_params::units,
            text(plain_rules("text", "text")),
            "Of the value, shown."
        )
        .field(
            "description",
            &metric_params::description,
            text(plain_rules("text", "text")),
            "For people."
        )
        .field(
            "provider",
            &metric_params::provider,
            text(plain_rules("text", "text")),
            "What kind of database it is, for people."
        );
}

void add_pace(object<metric_params>& metric) {
    metric
        .field(
            "interval",
            &metric_params::interval,
            duration<milliseconds>({milliseconds{100}, hours{24}}),
            "Between two fetches, while a rollout needs it."
        )
        .field(
            "timeout",
            &metric_params::timeout,
            duration<milliseconds>({milliseconds{10}, seconds{60}}),
            "Of a fetch, from the name's look-up to the answer's end."
        )
        .field(
            "max_age",
            &metric_params::max_age,
            duration<milliseconds>({milliseconds{0}, hours{24}}),
            "After which a value is stale; 0: three intervals."
        )
        .field(
            "answer_bytes_max",
            &metric_params::answer_bytes_max,
            bytes<std::uint32_t>({64, 16U << 20U}),
            "Of an answer's body."
        );
}

/// Not `default: {}`: nothing is the usual case.
void check_metric(reader& in, const node& from, const metric_params& read) {
    if (!read.body.empty() && read.method != method::post) {
        in.fail(from, "expected method: POST beside a body, got GET");
    }
}

}  // namespace

shape_ptr<metric_params> custom_metric_shape() {
    object<metric_params> metric;
    add_request(metric);
    add_secrets(metric);
    add_value(metric);
    add_pace(metric);
    return metric.check(check_metric).build();
}

shape_ptr<std::vector<metric_params>> custom_metrics_shape() {
    return named(custom_metric_shape(), &metric_params::name, name_rules("the name of a metric"));
}

}  // namespace millrace::config
