#include "proxy/config/label_rules.hpp"

#include "tests/unit/config/load_support.hpp"
#include "tests/unit/config/rollout_support.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>

using namespace millrace::config::test;

namespace {

constexpr const char* accuracy =
    "rollout: {candidate: c, guardrails: [{metric: error_rate}, {metric: accuracy, label_age: "
    "2h}]}";

/// Errors of a route with these keys, and of a file with these.
std::string errors(const std::string& route, const std::string& file = {}) {
    setenv("MILLRACE_TEST_FEEDBACK_TOKEN", "0123456789abcdef", 1);
    return errors_of(with_split_route(route) + file);
}

const std::string feedback = "feedback: {token_env: MILLRACE_TEST_FEEDBACK_TOKEN, age_max: 2h}\n";

}  // namespace

TEST_CASE("accuracy needs labels that can come", "[config]") {
    CHECK_THAT(
        errors(accuracy), Catch::Contains("guardrails[1].metric: expected labels for accuracy")
    );
    CHECK(errors(accuracy, feedback).empty());
    CHECK(errors("labels: {label: {header: x}}, " + std::string{accuracy}).empty());
    CHECK_THAT(
        errors(accuracy, feedback + "ids: {millrace_id: false}\n"),
        Catch::Contains("expected labels for accuracy")
    );
}

TEST_CASE("labels must not be asked for longer than they are taken", "[config]") {
    CHECK_THAT(
        errors(accuracy, "feedback: {token_env: MILLRACE_TEST_FEEDBACK_TOKEN}\n"),
        Catch::Contains("expected a label_age of at most feedback.age_max, 1h, got 2h")
    );
}

TEST_CASE("a prediction is remembered for somebody", "[config]") {
    CHECK_THAT(
        errors("labels: {prediction: {header: x}}"),
        Catch::Contains("labels.prediction: expected 'feedback' in the file")
    );
    CHECK(errors("labels: {prediction: {header: x}}", feedback).empty());
}

TEST_CASE("feedback has an address of its own, or the admin's listener", "[config]") {
    auto const bound = [](const std::string& where) {
        return "feedback: {token_env: MILLRACE_TEST_FEEDBACK_TOKEN, bind: '" + where + "'}\n";
    };
    CHECK_THAT(
        errors("half_close: false", feedback + "admin: off\n"),
        Catch::Contains("expected a 'bind' of its own")
    );
    CHECK_THAT(
        errors("half_close: false", bound("127.0.0.1:9901")),
        Catch::Contains("another address than the admin's")
    );
    CHECK_THAT(
        errors("half_close: false", bound("127.0.0.1:8080")),
        Catch::Contains("another address than the listeners'")
    );
    CHECK(errors("half_close: false", bound("127.0.0.1:9902")).empty());
    CHECK(errors("half_close: false", bound("127.0.0.1:0") + "admin: off\n").empty());
}
