#include "proxy/feedback/comparison.hpp"

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include <string>

using namespace millrace::feedback;  // NOLINT(google-build-using-namespace): the subject
using millrace::routing::comparison;

namespace {

std::string compared(
    const prediction_store::prediction& said,
    const std::string& truth,
    comparison by,
    double tolerance = 0
) {
    millrace::routing::label_params rule;
    rule.compare = by;
    rule.tolerance = tolerance;
    auto const right = is_right(said, boost::json::parse(truth), rule);
    return !right ? "-" : *right ? "right" : "wrong";
}

prediction_store::prediction field(std::string text) {
    return {std::move(text), false};
}

prediction_store::prediction body(std::string text) {
    return {std::move(text), true};
}

}  // namespace

TEST_CASE("equal: the same value, however it is written", "[feedback]") {
    CHECK(compared(body("\"yes\""), "\"yes\"", comparison::equal) == "right");
    CHECK(compared(body("\"yes\""), "\"Yes\"", comparison::equal) == "wrong");
    CHECK(compared(body("1"), "1.0", comparison::equal) == "right");
    CHECK(compared(body("1"), "\"1\"", comparison::equal) == "wrong");
    CHECK(compared(body("true"), "true", comparison::equal) == "right");
    CHECK(compared(body("true"), "1", comparison::equal) == "wrong");
    CHECK(compared(body("[1,\"a\"]"), "[1.0,\"a\"]", comparison::equal) == "right");
    CHECK(compared(body("[1,2]"), "[2,1]", comparison::equal) == "wrong");
    CHECK(compared(body("[1,2]"), "[1]", comparison::equal) == "wrong");
    CHECK(compared(body("tru"), "true", comparison::equal) == "-");
}

TEST_CASE("equal: a field has no types, so it means what it reads as", "[feedback]") {
    CHECK(compared(field("yes"), "\"yes\"", comparison::equal) == "right");
    CHECK(compared(field("7"), "7", comparison::equal) == "right");
    CHECK(compared(field("7"), "\"7\"", comparison::equal) == "right");
    CHECK(compared(field("7"), "8", comparison::equal) == "wrong");
    CHECK(compared(field("true"), "true", comparison::equal) == "right");
    CHECK(compared(field("true"), "false", comparison::equal) == "wrong");
}

TEST_CASE("tolerance: two numbers near each other", "[feedback]") {
    CHECK(compared(body("1.5"), "1.0", comparison::tolerance, 0.5) == "right");
    CHECK(compared(body("1.5"), "0.9", comparison::tolerance, 0.5) == "wrong");
    CHECK(compared(field("10"), "12", comparison::tolerance, 2) == "right");
    CHECK(compared(body("\"1.5\""), "\"1.25\"", comparison::tolerance, 0.25) == "right");
    CHECK(compared(body("\"a\""), "1", comparison::tolerance, 1) == "-");
    CHECK(compared(body("1"), "\"a\"", comparison::tolerance, 1) == "-");
    CHECK(compared(body("[1]"), "1", comparison::tolerance, 1) == "-");
}

TEST_CASE("set: the same elements in any order", "[feedback]") {
    CHECK(compared(body("[\"a\",\"b\"]"), "[\"b\",\"a\",\"a\"]", comparison::set) == "right");
    CHECK(compared(body("[\"a\",\"b\"]"), "[\"a\"]", comparison::set) == "wrong");
    CHECK(compared(body("[\"a\"]"), "[\"a\",\"b\"]", comparison::set) == "wrong");
    CHECK(compared(body("\"a\""), "[\"a\"]", comparison::set) == "right");
    CHECK(compared(body("[]"), "[]", comparison::set) == "right");
    CHECK(compared(field("a, b"), "[\"b\",\"a\"]", comparison::set) == "right");
    CHECK(compared(field("1,2"), "[2,1]", comparison::set) == "right");
    CHECK(compared(field("1,2"), "[2,3]", comparison::set) == "wrong");
}

TEST_CASE("answers say right or wrong in a few words", "[feedback]") {
    for (auto const* const text : {"right", "True", "1", "\"right\"", " true "}) {
        CHECK(right_or_wrong(text) == true);
    }
    for (auto const* const text : {"wrong", "FALSE", "0", "\"false\""}) {
        CHECK(right_or_wrong(text) == false);
    }
    for (auto const* const text : {"", "yes", "2", "null", "\""}) {
        CHECK_FALSE(right_or_wrong(text));
    }
}

TEST_CASE("a number is finite and whole", "[feedback]") {
    CHECK(number_in("0.25") == 0.25);
    CHECK(number_in("-1e3") == -1'000.0);
    CHECK(number_in("\"2\"") == 2.0);
    for (auto const* const text : {"", "1x", "nan", "inf", "1e999", "0x10"}) {
        CAPTURE(text);
        CHECK_FALSE(number_in(text));
    }
}
