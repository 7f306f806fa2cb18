#include "proxy/admin/api.hpp"

#include "ask.hpp"
#include "fake_gateway.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using namespace millrace::admin;
namespace rollout = millrace::rollout;
using Catch::Matchers::Contains;

namespace {

struct fixture {
    fake_gateway gateway;
    asking ask{gateway};

    static request command(std::string_view what, std::string body, std::string route = "risk") {
        auto asked =
            good_request("POST", "/api/v1/rollouts/" + std::move(route) + "/" + std::string{what});
        asked.body = std::move(body);
        return asked;
    }

    static request put_weights(std::string route, std::string body) {
        auto asked = good_request("PUT", "/api/v1/routes/" + std::move(route) + "/weights");
        asked.body = std::move(body);
        return asked;
    }
};

}  // namespace

TEST_CASE_METHOD(fixture, "health and readiness say why not", "[admin][api]") {
    REQUIRE(ask(good_request("GET", "/healthz")).status == 200);
    REQUIRE(ask(good_request("GET", "/readyz")).status == 200);

    gateway.healthy = {false, "the control loop stands still"};
    gateway.is_ready = {false, "draining"};

    auto const health = ask(good_request("GET", "/healthz"));
    auto const ready = ask(good_request("GET", "/readyz"));
    REQUIRE(health.status == 503);
    REQUIRE_THAT(health.body, Contains("stands still"));
    REQUIRE(ready.status == 503);
    REQUIRE(ready.body == "{\"error\":\"draining\",\"reason\":\"not_ready\"}\n");
}

TEST_CASE_METHOD(fixture, "reads need no token", "[admin][api]") {
    for (auto const* path :
         {"/healthz",
          "/readyz",
          "/metrics",
          "/metrics?name[]=x",
          "/api/v1/routes",
          "/api/v1/routes/risk",
          "/api/v1/rollouts",
          "/api/v1/rollouts/risk",
          "/api/v1/backends",
          "/api/v1/build",
          "/openapi.json"}) {
        auto asked = good_request("GET", path);
        asked.authorizations.clear();
        asked.content_type.clear();
        INFO(path);
        REQUIRE(ask(asked).status == 200);
    }
}

TEST_CASE_METHOD(fixture, "changes and the configuration need the token", "[admin][api]") {
    for (auto asked :
         {good_request("GET", "/api/v1/config"),
          good_request("GET", "/config_dump"),
          good_request("POST", "/api/v1/reload"),
          good_request("POST", "/api/v1/rollouts/risk/pause"),
          put_weights("risk", R"({"weights": {"a": 1}})")}) {
        REQUIRE(ask(asked).status == 200);
        asked.authorizations = {"Bearer wrong"};
        INFO(asked.target);
        REQUIRE(ask(asked).status == 401);
    }
    REQUIRE(gateway.reloads == 1);
    REQUIRE(gateway.table.front().epoch == 4);
}

TEST_CASE_METHOD(fixture, "the guards come before everything else", "[admin][api]") {
    auto rebound = put_weights("risk", R"({"weights": {"a": 1}})");
    rebound.hosts = {"evil.example:9901"};
    auto from_page = good_request("GET", "/nowhere");
    from_page.has_origin = true;
    auto form = good_request("POST", "/api/v1/reload");
    form.content_type = "text/plain";

    REQUIRE(ask(rebound).status == 421);
    REQUIRE(ask(from_page).status == 403);
    REQUIRE(ask(form).status == 415);
    REQUIRE(gateway.changes.empty());
    REQUIRE(gateway.reloads == 0);
}

TEST_CASE_METHOD(fixture, "an unknown path is 404, a wrong method 405 with Allow", "[admin][api]") {
    for (auto const* path :
         {"/",
          "",
          "/api/v1/routes/",
          "/api/v1/routes//weights",
          "/api/v1/routes/a/b",
          "/api/v1/routes/a%2",
          "/api/v1/routes/%zz",
          "/healthz/",
          "http://localhost/healthz"}) {
        INFO(path);
        REQUIRE(ask(good_request("GET", path)).status == 404);
    }

    auto const wrong = ask(good_request("DELETE", "/api/v1/routes/risk/weights"));
    REQUIRE(wrong.status == 405);
    REQUIRE(wrong.allow == "PUT");
    REQUIRE(ask(good_request("POST", "/healthz")).allow == "GET, HEAD");
    REQUIRE(ask(good_request("GET", "/api/v1/reload")).allow == "POST");
}

TEST_CASE_METHOD(fixture, "HEAD is answered as GET", "[admin][api]") {
    REQUIRE(ask(good_request("HEAD", "/healthz")).status == 200);
    REQUIRE(ask(good_request("HEAD", "/api/v1/reload")).status == 405);
}

TEST_CASE_METHOD(fixture, "a route's name is percent-decoded", "[admin][api]") {
    REQUIRE_THAT(
        ask(good_request("GET", "/api/v1/routes/a%2Fb%20c")).body, Contains("weights_from")
    );

    auto const missing = ask(good_request("GET", "/api/v1/routes/none"));
    REQUIRE(missing.status == 404);
    REQUIRE_THAT(missing.body, Contains("no_such_route"));
}

TEST_CASE_METHOD(fixture, "a change answers with the route as it is now", "[admin][api]") {
    auto const given = ask(put_weights("risk", R"({"weights": {"a": 30}})"));

    REQUIRE(given.status == 200);
    REQUIRE_THAT(given.body, Contains(R"("epoch":4)"));
    REQUIRE_THAT(given.body, Contains(R"("backend":"a","weight":30)"));
    REQUIRE_THAT(given.body, Contains(R"("backend":"b","weight":80)"));
}

TEST_CASE_METHOD(fixture, "a refused change says whose fault it is", "[admin][api]") {
    REQUIRE(ask(put_weights("none", R"({"weights": {"a": 1}})")).status == 404);
    REQUIRE(ask(put_weights("busy", R"({"weights": {"a": 1}})")).status == 409);
    REQUIRE(ask(put_weights("risk", R"({"weights": {"z": 1}})")).status == 400);
    REQUIRE(ask(put_weights("risk", R"({"weights": {"a": -1}})")).status == 400);
    REQUIRE(ask(put_weights("risk", R"({"weights": {"a": 1, "z": 1}})")).status == 400);

    REQUIRE(gateway.table.front().backend_refs.front().weight == 20);
}

TEST_CASE_METHOD(fixture, "a change is answered when it is in force, not before", "[admin][api]") {
    gateway.hold = true;

    ask.begin(put_weights("risk", R"({"weights": {"a": 1}})"));
    REQUIRE_FALSE(ask.poll());

    gateway.held_weights.front()({});
    REQUIRE(ask.wait().value().status == 200);
}

TEST_CASE("a change that is not confirmed in time is 504, and may end later", "[admin][api]") {
    fake_gateway gateway;
    gateway.hold = true;
    asking ask{gateway, 1ms};

    ask.begin(good_request("POST", "/api/v1/reload"));

    REQUIRE(ask.wait().value().status == 504);
    gateway.held_reloads.front()({});
}

TEST_CASE("a callback may outlive the server and its context", "[admin][api]") {
    fake_gateway gateway;
    gateway.hold = true;
    {
        asking ask{gateway};
        ask.begin(good_request("POST", "/api/v1/reload"));
    }

    gateway.held_reloads.front()({});
}

TEST_CASE_METHOD(fixture, "each command reaches the gateway with who and why", "[admin][api]") {
    for (auto const what :
         {rollout::command::pause,
          rollout::command::resume,
          rollout::command::approve,
          rollout::command::promote,
          rollout::command::rollback}) {
        auto const name = rollout::name_of(what);
        INFO(name);
        auto const given = ask(command(name, R"({"why": "it is time", "who": "ann"})"));

        REQUIRE(given.status == 200);
        REQUIRE_THAT(given.body, Contains(R"("route":"risk")"));
        REQUIRE(gateway.commands.back().what == what);
        REQUIRE(gateway.commands.back().who == "ann (admin)");
        REQUIRE(gateway.commands.back().why == "it is time");
    }
}

TEST_CASE_METHOD(fixture, "what decides in place of the evidence needs a reason", "[admin][api]") {
    REQUIRE(ask(command("pause", "")).status == 200);
    REQUIRE(gateway.commands.back().who == "admin");
    REQUIRE(ask(command("promote", "")).status == 400);
    REQUIRE(ask(command("rollback", R"({"why": " "})")).status == 400);
    REQUIRE(gateway.commands.size() == 1);
}

TEST_CASE_METHOD(fixture, "a command that cannot be obeyed says why", "[admin][api]") {
    auto const missing = ask(command("pause", "", "a%2Fb%20c"));

    REQUIRE(missing.status == 404);
    REQUIRE_THAT(missing.body, Contains("no_such_rollout"));
    REQUIRE(ask(good_request("GET", "/api/v1/rollouts/none")).status == 404);
    REQUIRE(ask(command("resume", "", "busy")).status == 409);
    REQUIRE(ask(command("stop", "")).status == 404);
}

TEST_CASE_METHOD(fixture, "a command is answered when it is taken, not before", "[admin][api]") {
    gateway.hold = true;

    ask.begin(command("pause", ""));
    REQUIRE_FALSE(ask.poll());

    gateway.held_commands.front()({});
    REQUIRE(ask.wait().value().status == 200);
}

TEST_CASE_METHOD(fixture, "weights belong to a rollout until it pauses or ends", "[admin][api]") {
    auto const change = put_weights("risk", R"({"weights": {"a": 1}})");
    gateway.rollout_of_risk.state.paused = false;

    auto const refused = ask(change);
    REQUIRE(refused.status == 409);
    REQUIRE_THAT(refused.body, Contains("pause it first, or roll it back"));
    REQUIRE(gateway.changes.empty());

    gateway.rollout_of_risk.state.phase = rollout::phase::failed;
    REQUIRE(ask(change).status == 200);
}

TEST_CASE_METHOD(fixture, "a refused reload lists what is wrong", "[admin][api]") {
    gateway.reload_errors = {"m.yaml:3:1: routes: unknown key", "m.yaml:9:5: weight: too large"};

    auto const given = ask(good_request("POST", "/api/v1/reload"));

    REQUIRE(given.status == 422);
    REQUIRE_THAT(given.body, Contains("m.yaml:9:5"));
}

TEST_CASE_METHOD(fixture, "feedback comes whole, with a credential of its own", "[admin][api]") {
    auto asked = good_request("POST", "/feedback");
    asked.authorizations = {"Bearer of labels"};
    asked.content_type = "application/x-ndjson";
    asked.body = "{}";

    auto const given = ask(asked);

    REQUIRE(given.status == 200);
    REQUIRE(gateway.labelled.size() == 1);
    REQUIRE(gateway.labelled[0].authorizations == asked.authorizations);
    REQUIRE(gateway.labelled[0].content_type == asked.content_type);
    REQUIRE(gateway.labelled[0].body == "{}");
    asked.has_origin = true;
    REQUIRE(ask(asked).status == 403);
    REQUIRE(gateway.labelled.size() == 1);
}
