#include "proxy/config/iter8_loader.hpp"

#include <catch2/catch.hpp>

using namespace millrace::config;

namespace {

constexpr const char* head = "apiVersion: iter8.tools/v2alpha2\nkind: Metric\n";

}  // namespace

TEST_CASE("a file may hold several documents, and others", "[config][iter8]") {
    auto const read = load_iter8_text(
        std::string{"---\n"} + head +
            "metadata: {name: a}\n---\nkind: Service\nspec: {x: y}\n---\n" + head +
            "metadata: {name: b}\n---\n",
        "f"
    );

    REQUIRE(read.has_value());
    REQUIRE(read->metrics.size() == 2);
    CHECK(read->metrics[1].params.name == "b");
}

TEST_CASE("a list holds documents", "[config][iter8]") {
    auto const read = load_iter8_text(
        "kind: List\nitems:\n- {apiVersion: iter8.tools/v2alpha2, kind: Metric, metadata: {name: "
        "a}}\n",
        "f"
    );

    REQUIRE(read.has_value());
    CHECK(read->metrics.size() == 1);
}

TEST_CASE("metrics that the controller put into a status are found", "[config][iter8]") {
    auto const read = load_iter8_text(
        "apiVersion: iter8.tools/v2alpha2\nkind: Experiment\n"
        "spec: {strategy: {testingPattern: Conformance}, versionInfo: {baseline: {name: a}}}\n"
        "status: {metrics: [{name: m, metricObj: {metadata: {name: m}, spec: {jqExpression: "
        ".}}}]}\n",
        "f"
    );

    REQUIRE(read.has_value());
    CHECK(read->metrics.at(0).params.jq == ".");
}

TEST_CASE("another version of the API is refused", "[config][iter8]") {
    auto const read = load_iter8_text(
        "apiVersion: iter8.tools/v2beta1\nkind: Metric\nmetadata: {name: a}\n", "f"
    );

    REQUIRE_FALSE(read.has_value());
    CHECK(
        to_text(read.error()) ==
        "f:1:1: expected apiVersion iter8.tools/v2alpha2, got 'iter8.tools/v2beta1'\n"
    );
}

TEST_CASE("what is no YAML, and what is not there, are told", "[config][iter8]") {
    CHECK_FALSE(load_iter8_text("a: [", "f").has_value());
    CHECK_FALSE(load_iter8_file("/nonexistent/file.yaml").has_value());
    CHECK(load_iter8_text("", "f")->experiments.empty());
}
