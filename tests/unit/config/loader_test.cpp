#include "proxy/config/loader.hpp"

#include "proxy/config/secret.hpp"

#include "tests/unit/config/load_support.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace millrace;
using namespace millrace::config;
using namespace millrace::config::test;

TEST_CASE("the minimal file loads", "[config]") {
    auto const result = load_file(std::string{MILLRACE_SOURCE_DIR} + "/config/minimal.yaml");

    REQUIRE(result.has_value());
    CHECK(result->listeners.at(0).port == 8080);
    CHECK(result->table.backends.size() == 2);
    CHECK(result->table.routes.at(0).backend_refs.at(0).weight.value == 90);
    CHECK(result->table.affinity_key == default_affinity_key());
}

TEST_CASE("a file that cannot be read is an error with its name", "[config]") {
    auto const missing = load_file("/nonexistent/m.yaml");
    auto const folder = load_file("/");

    REQUIRE(missing.has_error());
    CHECK(
        to_text(missing.error()) ==
        "/nonexistent/m.yaml:1:1: expected a readable file, got: No such file or directory\n"
    );
    CHECK(folder.has_error());
}

TEST_CASE("all errors come at once in the file's order", "[config]") {
    auto const text =
        "workers: 3x\n"
        "worker: 3\n"
        "listeners: [{bind: 127.0.0.1:80}]\n"
        "backends: {aa: {url: 'ftp://x'}}\n"
        "routes:\n"
        "- name: r\n"
        "  backend_refs: [{backend: ab, weight: -1}]\n"
        "  drift: {}\n";

    CHECK(
        errors_of(text) ==
        "f:1:10: workers: expected an integer from 0 to 1024, got '3x'\n"
        "f:2:1: worker: expected workers, data_dir, journal, log, admin, metrics, ids, "
        "webhooks, affinity_key, listeners, backends, routes, custom_metrics, metric_files, "
        "metric_secrets_dir or feedback, got 'worker'; did you mean 'workers'?\n"
        "f:4:22: backends.aa.url: expected a URL such as http://127.0.0.1:9001/path, got another "
        "scheme\n"
        "f:7:28: routes[0].backend_refs[0].backend: expected the name of a backend, got 'ab'; did "
        "you mean 'aa'?\n"
        "f:7:40: routes[0].backend_refs[0].weight: expected an integer from 0 to 1000000, got the "
        "number -1\n"
        "f:8:3: routes[0].drift: 'drift' is not built yet in this version\n"
    );
}

TEST_CASE("a document that is no mapping is refused", "[config]") {
    CHECK(errors_of("") == "f:1:1: expected a mapping, got nothing\n");
    CHECK(errors_of("- 1") == "f:1:1: expected a mapping, got a list\n");
    CHECK(errors_of("text") == "f:1:1: expected a mapping, got text\n");
}

TEST_CASE("aliases work", "[config]") {
    auto const read = loaded(
        "listeners: [{bind: 127.0.0.1:80}]\n"
        "backends:\n"
        "  a: {url: 'http://x', timeouts: &t {connect: 1s}}\n"
        "  b: {url: 'http://y', timeouts: *t}\n"
        "routes: [{name: r, backend_refs: [{backend: a}, {backend: b}]}]\n"
    );

    CHECK(read.table.backends.at(1).timeouts.connect == std::chrono::seconds{1});
}

TEST_CASE("no text makes the loader throw, and every error has a place", "[config]") {
    auto const seed = repository_file("config/reference.yaml");
    std::mt19937 random{42};
    constexpr std::string_view bits = "[]{}&*!?:-\n'\"|>%#\\,~\t\xff";
    for (int round = 0; round < 300; ++round) {
        auto text = seed.substr(0, random() % seed.size());
        for (int change = 0; change < 4 && !text.empty(); ++change) {
            text[random() % text.size()] = bits[random() % bits.size()];
        }

        auto const result = load_text(text, "f");

        if (!result) {
            for (auto const& error : result.error()) {
                CHECK(error.line >= 1);
                CHECK(error.column >= 1);
                CHECK_FALSE(error.message.empty());
            }
        }
    }
}
