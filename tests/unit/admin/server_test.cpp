#include "proxy/admin/server.hpp"

#include "proxy/admin/token_file.hpp"

#include "raw_client.hpp"
#include "running_server.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <fmt/core.h>

#include <filesystem>
#include <list>

using namespace millrace::admin;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

TEST_CASE("the connection above the limit is refused at once", "[admin][server]") {
    running_server running;
    std::list<raw_client> clients;
    for (int i = 0; i < 64; ++i) {
        clients.emplace_back(running.port());
        clients.back().send(get("/healthz"));
        REQUIRE_THAT(clients.back().one(), StartsWith("HTTP/1.1 200"));
    }

    raw_client one_more{running.port()};
    REQUIRE_THAT(one_more.one(), StartsWith("HTTP/1.1 503") && Contains("too_many_connections"));

    clients.front().send(get("/healthz", "Connection: close\r\n"));
    (void)clients.front().rest();
    raw_client again{running.port()};
    again.send(get("/healthz"));
    REQUIRE_THAT(again.one(), StartsWith("HTTP/1.1 200"));
}

TEST_CASE("stop closes the connections and removes the socket", "[admin][server]") {
    running_server running;
    raw_client client{running.port()};
    client.send(get("/healthz"));
    (void)client.one();

    running.stop();

    REQUIRE(client.rest().empty());
    REQUIRE(client.closed());
    REQUIRE_THROWS(raw_client{running.port()});

    running_server on_unix{true};
    REQUIRE(std::filesystem::exists(on_unix.params.unix_path));
    on_unix.stop();
    REQUIRE_FALSE(std::filesystem::exists(on_unix.params.unix_path));
}

TEST_CASE("a server without a usable token file does not start", "[admin][server]") {
    boost::asio::io_context context;
    fake_gateway gateway;
    params params;
    params.port = 0;
    params.token_file = "/proc/nowhere/token";

    server broken{context, params, gateway};

    REQUIRE_THAT(broken.start(), Contains("token file"));
}

TEST_CASE("stop also closes a connection whose change is under way", "[admin][server]") {
    running_server running;
    running.gateway.hold = true;
    raw_client client{running.port()};
    client.send(fmt::format(
        "POST /api/v1/reload HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Authorization: Bearer {}\r\nContent-Length: 0\r\n\r\n",
        millrace::admin::read_token(running.params.token_file).value
    ));

    running.stop();

    REQUIRE(client.rest().empty());
    REQUIRE(client.closed());
}
