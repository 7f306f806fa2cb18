#include "proxy/config/dump.hpp"

#include "tests/unit/config/load_support.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>

using namespace millrace::config::test;
using namespace std::chrono_literals;
using millrace::routing::comparison;

namespace {

/// A token in the environment, for the process's life.
void have_token() {
    setenv("MILLRACE_TEST_FEEDBACK_TOKEN", "0123456789abcdef", 1);
}

millrace::routing::label_params labels(const std::string& keys) {
    have_token();
    return loaded(
               with_route("backend_refs: [{backend: a}], labels: {" + keys + "}") +
               "feedback: {token_env: MILLRACE_TEST_FEEDBACK_TOKEN}\n"
    )
        .table.routes.at(0)
        .labels;
}

std::string errors(const std::string& keys) {
    return errors_of(with_route("backend_refs: [{backend: a}], labels: {" + keys + "}"));
}

std::string feedback_errors(const std::string& keys) {
    have_token();
    return errors_of(
        with_basics("feedback: {token_env: MILLRACE_TEST_FEEDBACK_TOKEN, " + keys + "}")
    );
}

}  // namespace

TEST_CASE("a route says where its answers label themselves", "[config]") {
    auto const made = labels(
        "label: {header: x-correct}, score: {pointer: /a~1b/~0/0, bytes_max: 1KiB}, prediction: "
        "{pointer: /p}, compare: tolerance, tolerance: 0.5"
    );

    CHECK(made.label.header == "x-correct");
    CHECK(made.label.pointer.empty());
    CHECK(made.score.pointer == std::vector<std::string>{"a/b", "~", "0"});
    CHECK(made.score.bytes_max == 1'024);
    CHECK(made.prediction.pointer == std::vector<std::string>{"p"});
    CHECK(made.compare == comparison::tolerance);
    CHECK(made.tolerance == 0.5);
    CHECK(labels("prediction: {header: p}, compare: set").compare == comparison::set);
    CHECK(labels("").empty());
}

TEST_CASE("a dump shows what is asked of answers, and loads again", "[config]") {
    for (auto const* const keys :
         {"label: {header: x-correct}", "score: {pointer: /a~1b/~0, bytes_max: 1KiB}", ""}) {
        auto const first = millrace::config::dump_yaml(
            loaded(with_route("backend_refs: [{backend: a}], labels: {" + std::string{keys} + "}"))
        );
        INFO(first);
        CHECK(errors_of(first).empty());
        CHECK(millrace::config::dump_yaml(loaded(first)) == first);
        CHECK((first.find("labels:") != std::string::npos) == (*keys != '\0'));
    }
}

TEST_CASE("labels that cannot be are refused", "[config]") {
    for (auto const* const keys :
         {"label: {}",
          "label: {header: a, pointer: /b}",
          "label: {header: 'a b'}",
          "label: {pointer: b}",
          "label: {pointer: ''}",
          "label: {pointer: /a~2}",
          "label: {pointer: /a~}",
          "label: {pointer: /a, bytes_max: 0}",
          "tolerance: 1",
          "compare: set",
          "prediction: {header: a}, compare: set, tolerance: 1",
          "label: {heeder: a}"}) {
        INFO(keys);
        CHECK_FALSE(errors(keys).empty());
    }
    CHECK_THAT(
        errors("label: {pointer: a/b}"),
        Catch::Contains("expected a JSON pointer such as /result/0")
    );
}

TEST_CASE("feedback has a credential, a place and limits", "[config]") {
    have_token();
    auto const made =
        loaded(with_basics("feedback: {token_env: MILLRACE_TEST_FEEDBACK_TOKEN, bind: "
                           "'127.0.0.1:9902', rate_max: 5, age_max: 2h, predictions_max: 7}"))
            .feedback;

    CHECK(made.enabled);
    CHECK(made.address == "127.0.0.1");
    CHECK(made.port == 9'902);
    CHECK(made.rate_max == 5);
    CHECK(made.age_max == 2h);
    CHECK(made.predictions_max == 7);
    CHECK(made.token == millrace::derive_siphash_key("0123456789abcdef"));
    CHECK_FALSE(loaded(with_basics("")).feedback.enabled);
}

TEST_CASE("feedback that cannot be is refused, without its secret", "[config]") {
    CHECK_THAT(
        errors_of(with_basics("feedback: {bind: '127.0.0.1:1'}")), Catch::Contains("token_env")
    );
    CHECK_THAT(
        feedback_errors("bind: '10.0.0.1:1'"), Catch::Contains("or insecure: true beside it")
    );
    CHECK(feedback_errors("bind: '10.0.0.1:1', insecure: true").empty());
    CHECK_THAT(feedback_errors("bind: 'localhost:1'"), Catch::Contains("'127.0.0.1:1'"));
    for (auto const* const keys :
         {"rate_max: 0", "age_max: 10ms", "age_max: 90d", "predictions_max: 0", "body: 1"}) {
        INFO(keys);
        CHECK_FALSE(feedback_errors(keys).empty());
    }
}
