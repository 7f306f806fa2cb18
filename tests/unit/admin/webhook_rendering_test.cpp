#include "proxy/admin/webhook_rendering.hpp"

#include <catch2/catch.hpp>

using namespace millrace::admin;

TEST_CASE("webhooks as a document", "[admin][webhooks]") {
    webhook_view ci;
    ci.name = "ci";
    ci.authority = "ci.example";
    ci.queued = 1;
    ci.delivered = 2;
    ci.failed_attempts = 3;
    ci.dead_letters = 4;
    ci.last_error = "answered 503";

    CHECK(
        rendering::webhooks({ci}) ==
        R"({"webhooks":[{"name":"ci","authority":"ci.example","queued":1,"delivered":2,)"
        R"("failed_attempts":3,"dead_letters":4,"last_error":"answered 503"}]})"
        "\n"
    );
}

TEST_CASE("dead letters as a document, with the event in it", "[admin][webhooks]") {
    dead_letter_view letter{
        .id = 7,
        .time = "2026-01-01T00:00:00.000Z",
        .webhook = "ci",
        .event_id = "evt_1",
        .event = R"({"kind":"paused"})",
        .attempts = 8,
        .reason = "answered 503"};
    CHECK(
        rendering::dead_letters({letter}) ==
        R"({"dead_letters":[{"id":7,"time":"2026-01-01T00:00:00.000Z","webhook":"ci",)"
        R"("event_id":"evt_1","event":{"kind":"paused"},"attempts":8,"reason":"answered 503"}]})"
        "\n"
    );

    letter.event = "torn";
    CHECK(rendering::dead_letters({letter}).find(R"("event":null)") != std::string::npos);
}
