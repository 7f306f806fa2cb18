#include "tests/unit/config/load_support.hpp"

#include <catch2/catch.hpp>

using namespace millrace::config;
using namespace millrace::config::test;
using namespace std::chrono_literals;

TEST_CASE("a route replaces limits of its backend and listener", "[config]") {
    auto const route =
        loaded(with_route("backend_refs: [{backend: a, weight: 0}, {backend: risk-v1}], "
                          "timeouts: {total: 3s}, upgrades: [WebSocket, chat], half_close: true, "
                          "body_bytes_max: 10MiB, protocol: none"))
            .table.routes.at(0);

    REQUIRE(route.backend_refs.size() == 2);
    CHECK(route.backend_refs[0].weight.value == 0);
    CHECK(route.backend_refs[1].weight.value == 1);
    CHECK(route.total_timeout == 3s);
    CHECK(route.upgrades == std::vector<std::string>{"websocket", "chat"});
    CHECK(route.half_close);
    CHECK(route.body_bytes_max == 10U * 1024 * 1024);
}

TEST_CASE("a route's own defaults leave the others' in force", "[config]") {
    auto const route = loaded(with_basics("")).table.routes.at(0);

    CHECK_FALSE(route.total_timeout);
    CHECK_FALSE(route.body_bytes_max);
    CHECK(route.upgrades == std::vector<std::string>{"websocket"});
}

TEST_CASE("a route needs a name and backends", "[config]") {
    CHECK(
        errors_of(with_basics("- {}")) ==
        "f:5:3: routes[1]: expected the key 'name', got none\n"
        "f:5:3: routes[1]: expected the key 'backend_refs', got none\n"
    );
}

TEST_CASE("upgrades that change the connection itself are refused", "[config]") {
    CHECK(
        errors_of(with_route("backend_refs: [{backend: a}], upgrades: [h2c]")) ==
        "f:4:54: routes[0].upgrades[0]: expected an upgrade such as websocket, got 'h2c', which "
        "would change the protocol of the connection itself\n"
    );
}

TEST_CASE("keys of a route that are not built yet are refused as such", "[config]") {
    for (std::string const key :
         {"drift", "tuning", "mirror", "retries", "fallback", "rate_limit"}) {
        CHECK(
            errors_of(with_route("backend_refs: [{backend: a}], " + key + ": {}")) ==
            "f:4:43: routes[0]." + key + ": '" + key + "' is not built yet in this version\n"
        );
    }
    CHECK(
        errors_of(with_route("backend_refs: [{backend: a}], protocol: wml_predictions")) ==
        "f:4:53: routes[0].protocol: expected none, got 'wml_predictions', which is not built yet "
        "in this version\n"
    );
}
