// Roles, the audit record and dead letters, as the API serves them.
#include "proxy/admin/api.hpp"

#include "ask.hpp"
#include "fake_gateway.hpp"
#include "temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <tuple>

using namespace millrace::admin;
using Catch::Matchers::Contains;

namespace {

struct fixture {
    temporary_directory directory;
    fake_gateway gateway;
    asking ask{gateway};

    fixture() {
        write("own", test_token);
        write("watcher", "watcher-0123456789");
        std::string error;
        ask.set_tokens(token_store::open(
            directory / "own",
            {{.name = "watcher", .role = role::read, .token_file = directory / "watcher"},
             {.name = "ci", .role = role::operate, .secret = "ci-0123456789abcdef"}},
            error
        ));
        REQUIRE(error.empty());
    }

    void write(const std::string& name, const std::string& content) const {
        std::ofstream{directory / name} << content;
        std::filesystem::permissions(directory / name, std::filesystem::perms::owner_read);
    }

    static request by(const char* token, std::string method, std::string target) {
        auto asked = good_request(std::move(method), std::move(target));
        asked.authorizations = {std::string{"Bearer "} + token};
        asked.from = "10.0.0.7";
        return asked;
    }
};

constexpr const char* watcher = "watcher-0123456789";
constexpr const char* ci = "ci-0123456789abcdef";

}  // namespace

TEST_CASE_METHOD(fixture, "who may only read changes nothing", "[admin][api]") {
    REQUIRE(ask(by(watcher, "GET", "/api/v1/config")).status == 200);
    REQUIRE(ask(by(watcher, "GET", "/api/v1/audit")).status == 200);

    auto const refused = ask(by(watcher, "POST", "/api/v1/rollouts/risk/pause"));

    REQUIRE(refused.status == 403);
    REQUIRE_THAT(refused.body, Contains(R"("reason":"forbidden")") && Contains("'watcher'"));
    REQUIRE(gateway.commands.empty());
    REQUIRE(ask(by(ci, "POST", "/api/v1/rollouts/risk/pause")).status == 200);
    REQUIRE(gateway.commands.back().who == "ci");
}

TEST_CASE_METHOD(
    fixture, "every wish for a change is on record, refused ones too", "[admin][api]"
) {
    auto promote = by(ci, "POST", "/api/v1/rollouts/risk/promote");
    promote.body = R"({"why": "it is time", "who": "ann"})";
    ask(promote);
    promote.body = "{}";
    ask(promote);
    auto weights = by(watcher, "PUT", "/api/v1/routes/risk/weights");
    weights.body = R"({"weights": {"a": 1}, "why": "a try"})";
    ask(weights);
    ask(by("nobody-0123456789", "POST", "/api/v1/reload"));
    ask(by(ci, "GET", "/api/v1/routes"));

    REQUIRE(gateway.audit.size() == 4);
    auto const& [done, invalid, forbidden, stranger] =
        std::tie(gateway.audit[0], gateway.audit[1], gateway.audit[2], gateway.audit[3]);
    CHECK(done.who == "ci");
    CHECK(done.role == "operate");
    CHECK(done.said == "ann");
    CHECK(done.why == "it is time");
    CHECK(done.action == "POST /api/v1/rollouts/risk/promote");
    CHECK(done.from == "10.0.0.7");
    CHECK(done.status == 200);
    CHECK(done.outcome == "done");
    CHECK(invalid.outcome == "invalid_command");
    CHECK(forbidden.who == "watcher");
    CHECK(forbidden.why == "a try");
    CHECK(forbidden.status == 403);
    CHECK(stranger.who.empty());
    CHECK(stranger.status == 401);
}

TEST_CASE_METHOD(fixture, "the audit record and the webhooks need a token", "[admin][api]") {
    for (auto const* path : {"/api/v1/audit", "/api/v1/webhooks", "/api/v1/dead-letters"}) {
        INFO(path);
        REQUIRE(ask(by("nobody-0123456789", "GET", path)).status == 401);
        REQUIRE(ask(by(watcher, "GET", path)).status == 200);
    }
    REQUIRE_THAT(ask(by(watcher, "GET", "/api/v1/webhooks")).body, Contains("ci.example"));
}

TEST_CASE_METHOD(fixture, "a dead letter is sent again by its number", "[admin][api]") {
    REQUIRE(ask(by(ci, "POST", "/api/v1/dead-letters/7/resend")).status == 200);
    REQUIRE(gateway.resent == std::vector<std::int64_t>{7});

    REQUIRE(ask(by(ci, "POST", "/api/v1/dead-letters/70/resend")).status == 404);
    REQUIRE(ask(by(ci, "POST", "/api/v1/dead-letters/x/resend")).status == 404);
    REQUIRE(ask(by(ci, "POST", "/api/v1/dead-letters/18446744073709551615/resend")).status == 404);
    REQUIRE(ask(by(ci, "POST", "/api/v1/dead-letters/9/resend")).status == 409);
    REQUIRE(ask(by(watcher, "POST", "/api/v1/dead-letters/7/resend")).status == 403);
    REQUIRE(gateway.resent.size() == 1);
}
