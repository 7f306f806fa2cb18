#include "proxy/config/dump.hpp"

#include "tests/unit/config/load_support.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>

using namespace millrace;
using namespace millrace::config;
using namespace millrace::config::test;
using Catch::Matchers::Contains;
using webhooks::event_kind;

namespace {

std::string with_webhooks(const std::string& list) {
    return with_basics("webhooks: [" + list + "]");
}

}  // namespace

TEST_CASE("a webhook needs a name and a URL, the rest has defaults", "[config][webhooks]") {
    auto const all =
        loaded(with_webhooks("{name: ci, url: 'https://CI.example/hook?key=1'}")).webhooks;

    REQUIRE(all.size() == 1);
    auto const& ci = all.front();
    CHECK(ci.name == "ci");
    CHECK(ci.target == webhooks::target{true, "ci.example", 443, "ci.example", "/hook?key=1"});
    CHECK(ci.events == std::vector{event_kind::every});
    CHECK(ci.confirm.empty());
    CHECK(ci.secret.empty());
    CHECK(ci.attempts == 8);
    CHECK(loaded(with_basics("")).webhooks.empty());
}

TEST_CASE("everything about a webhook can be said", "[config][webhooks]") {
    setenv("MILLRACE_TEST_WEBHOOK", "0123456789abcdef", 1);
    auto const ci =
        loaded(with_webhooks(
                   "{name: ci, url: 'http://[::1]:8081', events: [promoted, rolled_back], "
                   "confirm: [start, step, promotion], routes: [r], format: cloudevents_binary, "
                   "secret_env: MILLRACE_TEST_WEBHOOK, source: /eu, environment: prod, "
                   "timeout: 2s, attempts: 3, retry_delay: 10ms, retry_delay_max: 1s, "
                   "confirm_interval: 100ms}"
               ))
            .webhooks.front();

    CHECK(ci.target == webhooks::target{false, "::1", 8081, "[::1]:8081", "/"});
    CHECK(ci.events == std::vector{event_kind::promoted, event_kind::rolled_back});
    CHECK(ci.confirm.size() == 3);
    CHECK(ci.routes == std::vector<std::string>{"r"});
    CHECK(ci.format == webhooks::content_mode::cloudevents_binary);
    CHECK(ci.secret == "0123456789abcdef");
    CHECK(ci.environment == "prod");
    CHECK(ci.retry_delay == std::chrono::milliseconds{10});
    CHECK(ci.confirm_interval == std::chrono::milliseconds{100});
}

TEST_CASE("what is wrong with a webhook is told where it stands", "[config][webhooks]") {
    CHECK_THAT(
        errors_of(with_webhooks("{name: a, url: 'http://x'}, {name: a, url: 'http://y'}")),
        Contains("webhooks[1].name: expected each name once, got 'a' again")
    );
    CHECK_THAT(
        errors_of(with_webhooks("{name: a, url: 'http://x', routes: [rr]}")),
        Contains("webhooks[0].routes[0]: expected the name of a route, got 'rr'")
    );
    CHECK_THAT(
        errors_of(with_webhooks("{name: a, url: 'http://x', events: [promote]}")),
        Contains("did you mean 'promoted'?")
    );
    CHECK_THAT(
        errors_of(with_webhooks("{name: a, url: 'http://x', secret_env: A_B, secret_file: c}")),
        Contains("secret_env") && Contains("secret_file")
    );
}

TEST_CASE("neither errors nor a dump show what a URL may hide", "[config][webhooks]") {
    CHECK_THAT(
        errors_of(with_webhooks("{name: a, url: 'http://user:hidden@x'}")), !Contains("hidden")
    );

    setenv("MILLRACE_TEST_WEBHOOK", "0123456789abcdef", 1);
    auto const shown = dump_yaml(loaded(with_webhooks(
        "{name: a, url: 'https://x/services/hidden', secret_env: MILLRACE_TEST_WEBHOOK}"
    )));

    CHECK_THAT(shown, Contains("https://x/********") && !Contains("hidden"));
    CHECK_THAT(shown, !Contains("0123456789abcdef"));
}
