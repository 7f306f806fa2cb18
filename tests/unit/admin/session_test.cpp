#include "proxy/admin/session.hpp"

#include "raw_client.hpp"
#include "running_server.hpp"

#include <catch2/catch.hpp>

using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;

TEST_CASE("a connection serves one request after the other", "[admin][server]") {
    running_server running;
    raw_client client{running.port()};

    client.send(get("/healthz"));
    REQUIRE_THAT(client.one(), StartsWith("HTTP/1.1 200"));
    client.send(get("/nowhere"));
    REQUIRE_THAT(client.one(), StartsWith("HTTP/1.1 404"));
    client.send(get("/readyz", "Connection: close\r\n"));
    REQUIRE_THAT(client.rest(), StartsWith("HTTP/1.1 200"));
    REQUIRE(client.closed());
}

TEST_CASE("pipelined requests are answered in order", "[admin][server]") {
    running_server running;
    raw_client client{running.port()};

    client.send(get("/healthz") + get("/nowhere") + get("/metrics", "Connection: close\r\n"));

    REQUIRE_THAT(client.one(), StartsWith("HTTP/1.1 200"));
    REQUIRE_THAT(client.one(), StartsWith("HTTP/1.1 404"));
    REQUIRE_THAT(client.one(), Contains("millrace_weight 1"));
}

TEST_CASE("a HEAD has the length and no body", "[admin][server]") {
    running_server running;
    raw_client client{running.port()};

    client.send("HEAD /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    auto const reply = client.rest();

    REQUIRE_THAT(reply, Contains("Content-Length: 18\r\n"));
    REQUIRE_THAT(reply, EndsWith("\r\n\r\n"));
}

TEST_CASE("the guards see the fields as they came", "[admin][server]") {
    running_server running;
    auto const status_of = [&](const std::string& bytes) {
        raw_client client{running.port()};
        client.send(bytes);
        return client.one().substr(9, 3);
    };

    REQUIRE(status_of("GET /healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n") == "421");
    REQUIRE(status_of("GET /healthz HTTP/1.1\r\nHost: a\r\nHost: localhost\r\n\r\n") == "400");
    REQUIRE(status_of("GET /healthz HTTP/1.1\r\n\r\n") == "400");
    REQUIRE(status_of(get("/healthz", "Origin: null\r\n")) == "403");
    REQUIRE(status_of(get("/api/v1/config", "Authorization: Bearer x\r\n")) == "401");
    REQUIRE(status_of("nonsense\r\n\r\n") == "400");
}

TEST_CASE("a 401 challenges and a 405 says what is allowed", "[admin][server]") {
    running_server running;
    raw_client client{running.port()};

    client.send(get("/api/v1/config"));
    REQUIRE_THAT(client.one(), Contains("WWW-Authenticate: Bearer\r\n"));
    client.send(get("/api/v1/reload"));
    REQUIRE_THAT(client.one(), Contains("Allow: POST\r\n"));
}

TEST_CASE("a body above 1 MiB is refused, announced or not", "[admin][server]") {
    running_server running;
    std::string const head =
        "PUT /api/v1/routes/risk/weights HTTP/1.1\r\nHost: localhost\r\n"
        "Content-Type: application/json\r\n";

    raw_client announced{running.port()};
    announced.send(head + "Content-Length: 1048577\r\n\r\n");
    REQUIRE_THAT(announced.one(), StartsWith("HTTP/1.1 413"));

    raw_client chunked{running.port()};
    chunked.send(
        head + "Transfer-Encoding: chunked\r\n\r\n200000\r\n" + std::string(2'000'000, 'x')
    );
    REQUIRE_THAT(chunked.one(), StartsWith("HTTP/1.1 413"));
}

TEST_CASE("a head above 16 KiB is refused", "[admin][server]") {
    running_server running;
    raw_client client{running.port()};

    client.send(get("/healthz", "X: " + std::string(20'000, 'x') + "\r\n"));

    REQUIRE_THAT(client.one(), StartsWith("HTTP/1.1 431"));
}

TEST_CASE("a client that waits for 100 Continue gets it", "[admin][server]") {
    running_server running;
    raw_client client{running.port()};

    client.send(
        "POST /api/v1/reload HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
        "Content-Length: 2\r\n\r\n"
    );
    REQUIRE_THAT(client.one(), StartsWith("HTTP/1.1 100"));
    client.send("{}");
    REQUIRE_THAT(client.one(), StartsWith("HTTP/1.1 401"));
}
