#include "proxy/config/schema.hpp"

#include "proxy/config/document.hpp"

#include "tests/unit/config/load_support.hpp"
#include "tests/unit/config/schema_validator.hpp"

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include <sstream>

using namespace millrace::config;
using namespace millrace::config::test;

namespace {

std::string violation_of(std::string_view yaml) {
    static auto const schema = json::parse(json_schema());
    return schema_violation(as_json(yaml), schema.as_object());
}

/// The line (from 1) of a key of the reference in a file, by its path with "[]" and "NAME" for any
/// element; 0 when it is not there.
int line_of(const node& from, std::string_view path) {
    auto const dot = path.find('.');
    auto name = path.substr(0, dot);
    auto const rest = dot == std::string_view::npos ? "" : path.substr(dot + 1);
    bool const list = name.ends_with("[]");
    name.remove_suffix(list ? 2 : 0);
    for (auto const& entry : from.members) {
        if (name != "NAME" && entry.key != name) {
            continue;
        }
        if (rest.empty()) {
            return entry.at.line;
        }
        auto const& below = list ? entry.value->items : std::vector<node_ptr>{entry.value};
        for (auto const& next : below) {
            if (auto const line = line_of(*next, rest); line != 0) {
                return line;
            }
        }
    }
    return 0;
}

}  // namespace

TEST_CASE("the shipped schema is the one that the loader's description makes", "[config]") {
    CHECK(repository_file("config/millrace.schema.json") == json_schema());
}

TEST_CASE("the shipped files keep the schema and load", "[config]") {
    for (auto const* file :
         {"config/minimal.yaml",
          "config/reference.yaml",
          "config/examples/sidecar.yaml",
          "config/examples/gateway.yaml",
          "config/examples/progressive.yaml",
          "config/examples/wrk.yaml"}) {
        INFO(file);
        auto const text = repository_file(file);
        CHECK(violation_of(text).empty());
        CHECK(errors_of(text).empty());
    }
}

TEST_CASE("the schema and the loader refuse the same files", "[config]") {
    auto const route = [](const std::string& more) {
        return with_route("backend_refs: [{backend: a}], " + more);
    };
    for (auto const& text : std::vector<std::string>{
             "{}",
             "[]",
             with_basics("worker: 1"),
             with_basics("workers: x"),
             with_basics("workers: -1"),
             with_basics("workers: 2000"),
             with_basics("rollout: {}"),
             with_basics("feedback: {}"),
             with_basics("log: {level: loud}"),
             with_basics("log: {access: true}"),
             with_basics("admin: true"),
             with_basics("admin: {bind: localhost:1}"),
             with_basics("admin: {tls: {}}"),
             with_basics("admin: {tokens: [{name: a}]}"),
             with_basics("admin: {tokens: [{name: a, role: write, token_file: b}]}"),
             with_basics("webhooks: [{name: a}]"),
             with_basics("webhooks: [{name: a, url: 'ftp://x'}]"),
             with_basics("webhooks: [{name: a, url: 'http://u:p@x'}]"),
             with_basics("webhooks: [{name: a, url: 'http://x', events: [begun]}]"),
             with_basics("webhooks: [{name: a, url: 'http://x', confirm: [rollback]}]"),
             with_basics("webhooks: [{name: a, url: 'http://x', attempts: 0}]"),
             with_basics("metrics: {latency_buckets: []}"),
             with_basics("metrics: {latency_buckets: [5]}"),
             with_basics("ids: {version: 1}"),
             with_basics("ids: {keys: [{id: 1}]}"),
             with_basics("affinity_key: text"),
             with_basics("affinity_key: {secret_env: a-b}"),
             with_backend("{}"),
             with_backend("{url: 'https://x'}"),
             with_backend("{url: 'http://u:p@x'}"),
             with_backend("{url: 'http://x#f'}"),
             with_backend("{url: 'http://x', urls: ['http://x']}"),
             with_backend("{urls: []}"),
             with_backend("{url: 'http://x', http: h2}"),
             with_backend("{url: 'http://x', tls: {}}"),
             with_backend("{url: 'http://x', timeouts: {connect: 5}}"),
             with_backend("{url: 'http://x', timeouts: {connect: 5 s}}"),
             with_backend("{url: 'http://x', limits: {connections_max: 0}}"),
             route("drift: {}"),
             route("protocol: openai"),
             route("match: {path: x}"),
             route("match: {path: /a, path_regex: /b}"),
             route("match: {host: 'a:1'}"),
             route("match: {method: 1}"),
             route("match: {headers: {x: {exact: a, prefix: b}}}"),
             route("match: {query: {x: {present: false}}}"),
             route("affinity: {}"),
             route("affinity: {header: a, query: b}"),
             route("affinity: {cookie: {path: /}}"),
             route("affinity: {client_ip: false}"),
             route("request_headers: {set: {'x y': a}}"),
             route("request_headers: {set: {x: \"a\\nb\"}}"),
             route("body_bytes_max: 1KB"),
             route("rollout: {candidate: a, guardrails: [{floor: 0.01}]}"),
             route("rollout: {candidate: a, guardrails: [{metric: wrong}]}"),
             route("rollout: {candidate: a, guardrails: [{metric: latency}]}"),
             route("labels: {label: {}}"),
             route("labels: {label: {header: a, pointer: /b}}"),
             route("labels: {label: {pointer: b}}"),
             route("labels: {label: {pointer: /b~}}"),
             route("labels: {prediction: {header: a}, compare: alike}"),
             with_basics("feedback: {}"),
             with_basics("feedback: {bind: localhost, token_env: HOME}"),
             route("rollout: {candidate: a, guardrails: [{metric: error_rate, max_ratio: 1}]}"),
             route("rollout: {candidate: a, guardrails: [{metric: error_rate}], indicators: x}"),
             with_basics("custom_metrics: {m: {url: 'http://x'}}"),
             with_basics("custom_metrics: {m: {url: 'ftp://x', jq: .}}"),
             with_basics("custom_metrics: {m: {url: 'http://x', jq: ., params: {a: []}}}"),
             route("rollout: {candidate: a, strategy: mirror_first, guardrails: [{metric: "
                   "error_rate}]}"),
             with_route("backend_refs: []"),
             with_route("backend_refs: [{weight: 1}]"),
             with_route("backend_refs: [{backend: a, weight: 1000001}]")}) {
        INFO(text);
        CHECK_FALSE(violation_of(text).empty());
        CHECK_FALSE(errors_of(text).empty());
    }
}

TEST_CASE("what the loader takes in other spellings, the schema takes too", "[config]") {
    for (auto const& text : std::vector<std::string>{
             with_basics("admin: off"),
             with_basics("admin: false"),
             with_basics("admin: {bind: 'unix:/a'}"),
             with_basics("log: {access: off}"),
             with_basics("log: {access: false}"),
             with_route("backend_refs: [{backend: a}], affinity: {cookie: c}"),
             with_route(
                 "backend_refs: [{backend: a}], match: {method: [GET, PUT]}, body_bytes_max: 5"
             ),
             with_route("backend_refs: [{backend: a}], request_headers: {set: {x: ''}}")}) {
        INFO(text);
        CHECK(violation_of(text).empty());
        CHECK(errors_of(text).empty());
    }
}

TEST_CASE("reference.yaml names every key that is built, with its default", "[config]") {
    auto const text = repository_file("config/reference.yaml");
    auto const parsed = parse_document(text, "reference.yaml");
    REQUIRE(parsed.root);
    std::vector<std::string> lines{""};
    std::istringstream stream{text};
    for (std::string line; std::getline(stream, line);) {
        lines.push_back(line);
    }
    for (auto const& key : keys()) {
        INFO(key.path);
        // Secrets need an environment: they stand in comments, and so does what needs feedback.
        if (key.later || key.path.starts_with("ids.keys[].") ||
            key.path.starts_with("affinity_key") || key.path.starts_with("feedback") ||
            key.path.ends_with("].token_env") || key.path.starts_with("webhooks[].secret_") ||
            key.path.starts_with("routes[].labels.prediction") ||
            key.path == "routes[].labels.compare" || key.path == "routes[].labels.tolerance") {
            auto const name = key.path.substr(key.path.rfind('.') + 1);
            CHECK((key.later || text.find(name + ": ") != std::string::npos));
            continue;
        }
        auto const line = line_of(*parsed.root, key.path);
        REQUIRE(line > 0);
        // A key that opens a block may have its comment in the line above.
        auto const around =
            lines[static_cast<std::size_t>(line) - 1] + lines[static_cast<std::size_t>(line)];
        auto const expected = key.required || key.default_text == "required" ? "required"
                              : key.default_text.empty()                     ? ""
                                                         : "default: " + key.default_text;
        CHECK(around.find(expected) != std::string::npos);
    }
}

TEST_CASE("every key says what it is for", "[config]") {
    for (auto const& key : keys()) {
        INFO(key.path);
        CHECK(key.about.ends_with('.'));
        CHECK((key.later || !key.type.empty()));
    }
}
