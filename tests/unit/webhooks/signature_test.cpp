#include "proxy/webhooks/signature.hpp"

#include <catch2/catch.hpp>

using namespace millrace::webhooks;

// Of the Standard Webhooks libraries' own tests.
TEST_CASE("a signature is that of Standard Webhooks", "[webhooks][signature]") {
    auto const key = signing_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

    CHECK(key.size() == 24);
    CHECK(
        signature_of(
            key, {"msg_p5jXN8AQM9LWM0D4loKWxJek", 1'614'265'330, R"({"test": 2432232314})"}
        ) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    );
}

TEST_CASE("each part is signed", "[webhooks][signature]") {
    auto const whole = signature_of("key", {"a", 1, "b"});

    CHECK(whole != signature_of("kez", {"a", 1, "b"}));
    CHECK(whole != signature_of("key", {"c", 1, "b"}));
    CHECK(whole != signature_of("key", {"a", 2, "b"}));
    CHECK(whole != signature_of("key", {"a", 1, "c"}));
}

TEST_CASE("a secret is its bytes, or base64 behind whsec_", "[webhooks][signature]") {
    CHECK(signing_key("0123456789abcdef") == "0123456789abcdef");
    CHECK(signing_key("whsec_YWI=") == "ab");
    CHECK(signing_key("whsec_YWJj") == "abc");
    CHECK(signing_key("whsec_").empty());
    CHECK(signing_key("whsec_?").empty());
    CHECK(signing_key("whsec_????").empty());
}
