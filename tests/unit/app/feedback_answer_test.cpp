#include "proxy/app/feedback_answer.hpp"

#include <catch2/catch.hpp>

using namespace millrace::app;  // NOLINT(google-build-using-namespace): the subject
using millrace::feedback::judged;
using millrace::feedback::reception;

TEST_CASE("the answer says what became of each label, and how many of each", "[app]") {
    judged found;
    found.receptions = {
        reception::accepted, reception::late, reception::accepted, reception::malformed};
    found.details = {"", "", "", "no \"id\""};

    auto const given = feedback_answer(found);

    CHECK(given.status == 200);
    CHECK(
        given.body ==
        "{\"counts\":{\"accepted\":2,\"late\":1,\"malformed\":1},\"results\":[{\"result\":"
        "\"accepted\"},{\"result\":\"late\"},{\"result\":\"accepted\"},{\"result\":\"malformed\","
        "\"detail\":\"no \\\"id\\\"\"}]}\n"
    );
    CHECK(feedback_answer({}).body == "{\"counts\":{},\"results\":[]}\n");
}

TEST_CASE("what is not recorded is worth another try", "[app]") {
    judged found;
    found.receptions = {reception::accepted, reception::failed};
    found.details = {"", ""};

    auto const given = feedback_answer(found);

    CHECK(given.status == 503);
    CHECK(given.retry_after == 1);
}

TEST_CASE("only the bearer of the token may label", "[app]") {
    auto const token = millrace::derive_siphash_key("the token of a test");
    millrace::admin::request asked;
    CHECK_FALSE(is_authorized(asked, token));
    for (auto const* const good : {"Bearer the token of a test", "bearer   the token of a test "}) {
        asked.authorizations = {good};
        CHECK(is_authorized(asked, token));
    }
    for (auto const* const bad :
         {"",
          "Bearer",
          "Bearer ",
          "Basic the token of a test",
          "Bearer the token of a tes",
          "Bearer the token of a test2",
          "the token of a test"}) {
        CAPTURE(bad);
        asked.authorizations = {bad};
        CHECK_FALSE(is_authorized(asked, token));
    }
    asked.authorizations = {"Bearer the token of a test", "Bearer the token of a test"};
    CHECK_FALSE(is_authorized(asked, token));
}

TEST_CASE("a refusal has its status and its name", "[app]") {
    auto const refused = refusal_answer(feedback_refusal::unauthorized, "no");
    CHECK(refused.status == 401);
    CHECK(refused.challenge);
    CHECK(refused.body == "{\"error\":\"no\",\"reason\":\"unauthorized\"}\n");
    CHECK(refusal_answer(feedback_refusal::unsupported_media_type, "").status == 415);
    CHECK(refusal_answer(feedback_refusal::bad_body, "").status == 400);
    auto const later = refusal_answer(feedback_refusal::too_many_labels, "");
    CHECK(later.status == 429);
    CHECK(later.retry_after == 1);
}

TEST_CASE("labels come as JSON or as lines of it", "[app]") {
    CHECK(format_of("application/json") == feedback_format::json);
    CHECK(format_of("Application/JSON; charset=utf-8") == feedback_format::json);
    CHECK(format_of("application/x-ndjson") == feedback_format::lines);
    CHECK(format_of("application/jsonl") == feedback_format::lines);
    CHECK(format_of("") == feedback_format::unsupported);
    CHECK(format_of("text/plain") == feedback_format::unsupported);
}
