#include "proxy/admin/client.hpp"

#include "running_server.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using namespace millrace::admin;
using Catch::Matchers::Contains;

namespace {

client client_of(const running_server& running) {
    client_params where;
    where.port = running.port();
    where.unix_path = running.params.unix_path;
    where.token_file = running.params.token_file;
    return client{where};
}

}  // namespace

TEST_CASE("the client reads and changes over TCP", "[admin][client]") {
    running_server running;
    auto const client = client_of(running);

    auto const routes = client.get("/api/v1/routes");
    auto const changed = client.put("/api/v1/routes/risk/weights", R"({"weights": {"a": 7}})");
    auto const reloaded = client.post("/api/v1/reload");
    auto const config = client.get("/api/v1/config");

    REQUIRE(routes.error.empty());
    REQUIRE(routes.status == 200);
    REQUIRE(routes.content_type == "application/json");
    REQUIRE_THAT(changed.body, Contains(R"("weight":7)"));
    REQUIRE(reloaded.good());
    REQUIRE(config.body == "workers: 2\n");
}

TEST_CASE("the client reads and changes over a Unix socket", "[admin][client]") {
    running_server running{true};
    auto const client = client_of(running);

    REQUIRE(client.get("/healthz").status == 200);
    REQUIRE(client.post("/api/v1/reload").status == 200);
}

TEST_CASE("a large scrape arrives whole", "[admin][client]") {
    running_server running;
    running.gateway.metrics = std::string(5'000'000, 'm');

    REQUIRE(client_of(running).get("/metrics").body.size() == 5'000'000);
}

TEST_CASE("an answer that is no success is still an answer", "[admin][client]") {
    running_server running;

    auto const reply = client_of(running).get("/nowhere");

    REQUIRE(reply.status == 404);
    REQUIRE_FALSE(reply.good());
    REQUIRE(reply.error.empty());
    REQUIRE_THAT(reply.body, Contains("not_found"));
}

TEST_CASE("without a gateway the client says where it looked", "[admin][client]") {
    temporary_directory const directory;
    client_params where;
    where.unix_path = directory / "none.sock";

    auto const reply = client{where}.get("/healthz");

    REQUIRE(reply.status == 0);
    REQUIRE_THAT(reply.error, Contains("none.sock") && Contains("No such file"));
}

TEST_CASE("a change without a readable token is not even sent", "[admin][client]") {
    running_server running;
    client_params where;
    where.port = running.port();
    where.token_file = running.directory / "elsewhere";

    auto const reply = client{where}.post("/api/v1/reload");

    REQUIRE(reply.status == 0);
    REQUIRE_THAT(reply.error, Contains("elsewhere"));
    REQUIRE(running.gateway.reloads == 0);
}

TEST_CASE("the client gives up on a server that says nothing", "[admin][client]") {
    boost::asio::io_context context;
    boost::asio::ip::tcp::acceptor const silent{
        context, {boost::asio::ip::make_address("127.0.0.1"), 0}};
    client_params where;
    where.port = silent.local_endpoint().port();
    where.timeout = 50ms;

    REQUIRE_THAT(client{where}.get("/healthz").error, Contains("no answer in time"));
}

TEST_CASE("path segments are percent-encoded", "[admin][client]") {
    REQUIRE(encoded_segment("risk-v1_2.~") == "risk-v1_2.~");
    REQUIRE(encoded_segment("a/b c%\xc3\xa9") == "a%2Fb%20c%25%C3%A9");
}
