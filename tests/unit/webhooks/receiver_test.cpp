#include "proxy/webhooks/receiver.hpp"

#include "proxy/webhooks/signature.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace millrace::webhooks;
using Catch::Matchers::Contains;

namespace {

std::map<std::string, std::string> fields_of(const params& webhook) {
    std::string error;
    auto const to = make_receiver(webhook, error);
    REQUIRE(error.empty());
    event what;
    what.id = "evt_1";
    what.kind = event_kind::paused;
    what.data = "{}";
    auto const made = signed_message(to, what, 1'700'000'000);
    std::map<std::string, std::string> fields{made.fields.begin(), made.fields.end()};
    fields["body"] = made.body;
    return fields;
}

post_result answer(unsigned status, std::string body = {}) {
    post_result made;
    made.status = status;
    made.body = std::move(body);
    return made;
}

}  // namespace

TEST_CASE("a request carries id and time, and a signature with a secret", "[webhooks][receiver]") {
    params webhook;
    auto const open = fields_of(webhook);
    CHECK(open.at("webhook-id") == "evt_1");
    CHECK(open.at("webhook-timestamp") == "1700000000");
    CHECK_FALSE(open.contains("webhook-signature"));

    webhook.secret = "0123456789abcdef";
    auto const closed = fields_of(webhook);
    CHECK(
        closed.at("webhook-signature") ==
        signature_of("0123456789abcdef", {"evt_1", 1'700'000'000, closed.at("body")})
    );
}

TEST_CASE("a yes is a 2xx that does not say no", "[webhooks][receiver]") {
    CHECK(says_yes(answer(200)));
    CHECK(says_yes(answer(204)));
    CHECK(says_yes(answer(200, "ok")));
    CHECK(says_yes(answer(200, R"({"confirm": true})")));
    CHECK(says_yes(answer(200, R"({"other": 1})")));
    CHECK_FALSE(says_yes(answer(200, R"({"confirm": false})")));
    CHECK_FALSE(says_yes(answer(302)));
    CHECK_FALSE(says_yes(answer(404)));
    CHECK_FALSE(says_yes(answer(503, R"({"confirm": true})")));
    CHECK_FALSE(says_yes(post_result{}));
}

TEST_CASE("certificates that cannot be read are told", "[webhooks][receiver]") {
    params webhook;
    webhook.name = "ci";
    webhook.target.tls = true;
    webhook.ca_file = "/no/such/file.pem";
    std::string error;

    CHECK(make_receiver(webhook, error).webhook == nullptr);
    CHECK_THAT(error, Contains("'ci'") && Contains("/no/such/file.pem"));
    webhook.target.tls = false;
    CHECK(make_receiver(webhook, error).tls == nullptr);
    CHECK(error.empty());
}
