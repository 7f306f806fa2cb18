#include "proxy/config/dump.hpp"
#include "proxy/config/metric_writing.hpp"

#include "tests/unit/config/load_support.hpp"

#include <catch2/catch.hpp>

using namespace millrace::config;
using namespace millrace::config::test;
using namespace millrace::providers;
using namespace std::chrono_literals;

namespace {

std::string with_metric(const std::string& keys) {
    return with_basics("custom_metrics: {latency: {" + keys + "}}");
}

metric_params metric(const std::string& keys) {
    return loaded(with_metric(keys)).custom_metrics.at(0);
}

bool refused(const std::string& keys, std::string_view part) {
    auto const errors = errors_of(with_metric(keys));
    INFO(errors);
    return errors.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a metric needs to know where to ask and what to take", "[config]") {
    auto const least = metric("url: 'http://p:9090/q', jq: .value");
    CHECK(least.name == "latency");
    CHECK(least.url == "http://p:9090/q");
    CHECK(least.jq == ".value");
    CHECK(least.interval == 10s);
    CHECK(max_age_of(least) == 30s);
    CHECK(least.auth == auth_kind::none);

    CHECK(refused("jq: .", "expected the key 'url'"));
    CHECK(refused("url: 'http://p'", "expected the key 'jq'"));
}

TEST_CASE("every key of a metric fills its member", "[config]") {
    auto const all = metric(
        "url: 'https://p/${account}', params: {query: \"sum(x{v='$name'})\", step: 60}, "
        "headers: {X-Key: $key}, method: POST, body: '{}', auth: api_key, "
        "secrets: {key: {env: K}, account: {file: /run/a}}, secret_dir: /run/s, ca_file: /ca, "
        "jq: '.[0] | tonumber', type: counter, units: ms, description: d, provider: prometheus, "
        "interval: 5s, timeout: 2s, max_age: 1m, answer_bytes_max: 64KiB"
    );

    CHECK(all.params == std::vector<named_text>{{"query", "sum(x{v='$name'})"}, {"step", "60"}});
    CHECK(all.headers == std::vector<named_text>{{"X-Key", "$key"}});
    CHECK(all.method == method::post);
    CHECK(all.secrets == std::vector<secret_params>{{"key", "K", ""}, {"account", "", "/run/a"}});
    CHECK(all.secret_dir == "/run/s");
    CHECK(all.ca_file == "/ca");
    CHECK(all.type == metric_type::counter);
    CHECK(all.timeout == 2s);
    CHECK(max_age_of(all) == 1min);
    CHECK(all.answer_bytes_max == 65'536);
}

TEST_CASE("what a metric cannot be is refused", "[config]") {
    constexpr const char* base = "url: 'http://p', jq: ., ";
    CHECK(refused("url: 'ftp://secret', jq: .", "expected http:// or https://"));
    CHECK_FALSE(refused("url: 'ftp://secret', jq: .", "secret"));
    CHECK(refused(std::string{base} + "body: '{}'", "expected method: POST beside a body"));
    CHECK(refused(std::string{base} + "secrets: {a: {}}", "env"));
    CHECK(refused(std::string{base} + "secrets: {a: {env: X, file: Y}}", "env"));
    CHECK(refused(std::string{base} + "secrets: {a-b: {env: X}}", "letters, digits and '_'"));
    CHECK(refused(std::string{base} + "auth: digest", "auth"));
    CHECK(refused(std::string{base} + "headers: {'a b': c}", "headers"));
    CHECK(refused(std::string{base} + "interval: 1ms", "interval"));
}

TEST_CASE("a dump masks a secret that stands in a header, not its placeholder", "[config]") {
    auto const dump = dump_yaml(loaded(
        with_metric("url: 'http://p', jq: ., headers: {Authorization: Bearer abc, X-Api-Key: $key}")
    ));

    CHECK(dump.find("abc") == std::string::npos);
    CHECK(dump.find("$key") != std::string::npos);
    CHECK(errors_of(dump).empty());
}

TEST_CASE("written metrics leave defaults out and load again", "[config]") {
    auto const one = metric("url: 'http://p', jq: ., interval: 5s");

    auto const written = write_metrics({one});

    auto const& keys = written.at("latency").as_object();
    CHECK(keys.size() == 3);
    CHECK(keys.at("interval") == "5s");
}
