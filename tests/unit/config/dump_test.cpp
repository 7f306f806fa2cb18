#include "proxy/config/dump.hpp"

#include "tests/unit/config/load_support.hpp"
#include "tests/unit/config/rollout_support.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>

using namespace millrace::config;
using namespace millrace::config::test;

TEST_CASE("loading a dump gives the same configuration", "[config]") {
    for (auto const* file :
         {"config/minimal.yaml",
          "config/reference.yaml",
          "config/examples/sidecar.yaml",
          "config/examples/gateway.yaml",
          "config/examples/progressive.yaml",
          "config/examples/wrk.yaml"}) {
        INFO(file);
        auto const first = dump_yaml(loaded(repository_file(file)));

        CHECK(dump_yaml(loaded(first)) == first);
    }
}

TEST_CASE("a dump shows defaults", "[config]") {
    auto const dump = dump_yaml(loaded(with_basics("")));

    CHECK(dump.find("  bind: \"127.0.0.1:9901\"\n") != std::string::npos);
    CHECK(dump.find("      header_bytes_max: 64KiB\n") != std::string::npos);
    CHECK(dump.find("      connect: 5s\n") != std::string::npos);
    CHECK(dump.find("        weight: 1\n") != std::string::npos);
}

TEST_CASE("a dump keeps values that need quotes", "[config]") {
    auto const text = with_route(
        "backend_refs: [{backend: a}], request_headers: {set: {x-a: \"yes\", x-b: '1', x-c: 'a: b "
        "#\\\"ü'}}"
    );
    auto const first = loaded(text);
    auto const second = loaded(dump_yaml(first));

    auto const& set = second.table.routes.at(0).request_headers.set;
    REQUIRE(set.size() == 3);
    CHECK(set[0].value == "yes");
    CHECK(set[1].value == "1");
    CHECK(set[2].value == "a: b #\\\"ü");
}

TEST_CASE("a dump shows no secret", "[config]") {
    setenv("MILLRACE_TEST_DUMP_KEY", "never-show-this-value", 1);
    auto const text =
        "affinity_key: {secret_env: MILLRACE_TEST_DUMP_KEY}\n"
        "ids: {keys: [{id: 3, secret_env: MILLRACE_TEST_DUMP_KEY}]}\n" +
        with_backend(
            "{url: 'http://x/?version=1&apikey=never-show-this-value', request_headers: {set: "
            "{authorization: Bearer never-show-this-value}}}"
        );

    auto const dump = dump_yaml(loaded(text));

    CHECK(dump.find("never-show-this") == std::string::npos);
    CHECK(dump.find("MILLRACE_TEST_DUMP_KEY") == std::string::npos);
    CHECK(dump.find("# affinity_key: ********\n") != std::string::npos);
    CHECK(dump.find("# ids.keys: id 3, secret ********\n") != std::string::npos);
    CHECK(dump.find("http://x/?version=1&apikey=********") != std::string::npos);
    CHECK(errors_of(dump).empty());
}

TEST_CASE("a rollout as JSON is read again as what it was", "[config]") {
    for (auto const* keys :
         {"candidate: b, guardrails: [{metric: error_rate}]",
          "candidate: c, primary: a, steps: [1.25, 33.3, 100], rollback_alpha: 0.0123456789012345, "
          "horizon: 90m, approve: {start: true}, guardrails: [{metric: latency_p99.9, slo: 250ms}, "
          "{metric: error_rate, max_ratio: 1.7, floor: 0.000001, age: 2s}]",
          "candidate: b, strategy: fixed_split, steps: [20], step_outcomes_min: 7, "
          "guardrails: [{metric: first_byte_p50, max_ratio: 1.1}]"}) {
        INFO(keys);
        auto const first = loaded_rollout(keys);

        CHECK(rollout_from_json(dump_json(first)) == first);
    }
    CHECK_FALSE(rollout_from_json("{"));
    CHECK_FALSE(rollout_from_json("{\"candidate\": \"b\"}"));
}
