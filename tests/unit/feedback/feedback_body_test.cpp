#include "proxy/feedback/feedback_body.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace millrace::feedback;  // NOLINT(google-build-using-namespace): the subject

namespace {

feedback_item only(const std::string& text) {
    auto const body = parse_feedback(text, false);
    INFO(text << ": " << body.error);
    REQUIRE(body.items.size() == 1);
    return body.items.front();
}

}  // namespace

TEST_CASE("an object is one label, of one of three kinds", "[feedback]") {
    auto const labelled = only(R"({"id":"x","label":true})");
    CHECK(labelled.id == "x");
    CHECK(labelled.error.empty());
    CHECK(std::get<right>(labelled.says).value);
    CHECK_FALSE(std::get<right>(only(R"({"label":"wrong","id":"x"})").says).value);
    CHECK(std::get<right>(only(R"({"label":"right","id":"x"})").says).value);
    CHECK(std::get<score>(only(R"({"id":"x","score":-2.5})").says).value == -2.5);
    CHECK(std::get<true_value>(only(R"({"id":"x","true_value":"no"})").says).value == "no");
    CHECK(
        std::get<true_value>(only(R"({"id":"x","true_value":[1,"b"]})").says)
            .value.as_array()
            .size() == 2
    );
}

TEST_CASE("a list is as many labels, the wrong ones among them told", "[feedback]") {
    auto const body = parse_feedback(R"([{"id":"a","label":true},7,{"id":"b","score":1}])", false);

    REQUIRE(body.items.size() == 3);
    CHECK(body.items[0].error.empty());
    CHECK(body.items[1].error == "expected an object");
    CHECK(body.items[2].id == "b");
    CHECK(parse_feedback("[]", false).error.empty());
}

TEST_CASE("lines are labels too, and a broken one is alone in that", "[feedback]") {
    auto const body = parse_feedback(
        "{\"id\":\"a\",\"label\":true}\r\n\n  \n{\"id\":\n{\"id\":\"b\",\"score\":1}", true
    );

    REQUIRE(body.items.size() == 3);
    CHECK(body.items[0].id == "a");
    CHECK_THAT(body.items[1].error, Catch::StartsWith("it is no JSON: "));
    CHECK(body.items[2].id == "b");
}

TEST_CASE("what cannot be understood says what was expected", "[feedback]") {
    auto const error_of = [](const std::string& text) { return only(text).error; };
    CHECK(error_of("{}") == "expected one of 'label', 'score' and 'true_value'");
    CHECK(error_of(R"({"label":true})") == "expected an 'id': the x-millrace-id of the answer");
    CHECK(
        error_of(R"({"id":"x","label":true,"score":1})") ==
        "expected one of 'label', 'score' and 'true_value'"
    );
    CHECK_THAT(error_of(R"({"id":"x","label":1})"), Catch::StartsWith("'label' is expected"));
    CHECK_THAT(error_of(R"({"id":"x","label":null})"), Catch::StartsWith("'label' is expected"));
    CHECK_THAT(error_of(R"({"id":"x","score":"1"})"), Catch::StartsWith("'score' is expected"));
    CHECK_THAT(
        error_of(R"({"id":"x","true_value":{}})"), Catch::StartsWith("'true_value' is expected")
    );
    CHECK_THAT(
        error_of(R"({"id":"x","true_value":[[1]]})"), Catch::StartsWith("'true_value' is expected")
    );
    CHECK(
        error_of(R"({"id":7,"label":true})") == "'id' is expected to be a text: an x-millrace-id"
    );
    CHECK_THAT(
        error_of(R"({"id":"x","lable":true})"), Catch::StartsWith("the member 'lable' is not known")
    );
}

TEST_CASE("a body that is none of these is refused as a whole", "[feedback]") {
    CHECK_THAT(parse_feedback("", false).error, Catch::StartsWith("the body is no JSON"));
    CHECK_THAT(parse_feedback("{\"id\"", false).error, Catch::StartsWith("the body is no JSON"));
    CHECK(parse_feedback("7", false).error == "expected an object, or a list of objects");
    CHECK_FALSE(parse_feedback(std::string(100'000, '['), false).error.empty());
}
