#include "proxy/providers/fetch.hpp"

#include "tests/unit/providers/small_server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <catch2/catch.hpp>

using namespace millrace;
using namespace millrace::providers;
using namespace millrace::providers::testing;
using namespace std::chrono_literals;
using rollout::reading_state;

namespace {

request to(const std::string& url) {
    metric_params metric;
    metric.url = url;
    auto const none = [](std::string_view) { return std::optional<std::string>{}; };
    auto found = prepare(metric, {}, none);
    REQUIRE(found.made);
    return *found.made;
}

fetched fetch_now(request what, duration patience = 10s, std::uint32_t bytes_max = 1'000) {
    boost::asio::io_context context;
    fetch_limits const limits{clock::now() + patience, bytes_max};
    auto result =
        boost::asio::co_spawn(context, fetch(std::move(what), limits), boost::asio::use_future);
    context.run();
    return result.get();
}

/// A port where nobody listens.
std::string closed_port() {
    boost::asio::io_context context;
    boost::asio::ip::tcp::acceptor const listening{
        context, {boost::asio::ip::address_v4::loopback(), 0}};
    return "http://127.0.0.1:" + std::to_string(listening.local_endpoint().port());
}

}  // namespace

TEST_CASE("a body comes back, and the request is what was prepared", "[providers]") {
    small_server const server{answer_of("[1]")};
    auto what = to(server.url() + "/q?a=b");
    what.headers = {{"X-Key", "k"}};

    auto const came = fetch_now(what);

    INFO(came.detail);
    CHECK_FALSE(came.failure);
    CHECK(came.body == "[1]");
    auto const head = server.heads().at(0);
    CHECK(head.starts_with("GET /q?a=b HTTP/1.1\r\n"));
    CHECK(head.find("X-Key: k\r\n") != std::string::npos);
    CHECK(head.find("Accept: application/json\r\n") != std::string::npos);
}

TEST_CASE("a POST has its body and type", "[providers]") {
    small_server const server{answer_of("1")};
    auto what = to(server.url());
    what.post = true;
    what.body = "{}";

    CHECK(fetch_now(what).body == "1");
    auto const head = server.heads().at(0);
    CHECK(head.starts_with("POST / HTTP/1.1\r\n"));
    CHECK(head.find("Content-Type: application/json\r\n") != std::string::npos);
    CHECK(head.find("Content-Length: 2\r\n") != std::string::npos);
}

TEST_CASE("a status that is no success is wrong", "[providers]") {
    for (auto const status : {302, 404, 503}) {
        small_server const server{answer_of("1", status)};

        auto const came = fetch_now(to(server.url()));

        CHECK(came.failure == reading_state::wrong);
        CHECK(came.detail == "status " + std::to_string(status));
    }
}

TEST_CASE("what is no HTTP, or too large, is wrong", "[providers]") {
    small_server const garbage{"SSH-2.0-x\r\n\r\n"};
    CHECK(fetch_now(to(garbage.url())).failure == reading_state::wrong);

    small_server const large{answer_of(std::string(2'000, ' '))};
    CHECK(fetch_now(to(large.url())).detail.find("answer_bytes_max") != std::string::npos);
}

TEST_CASE("nobody there is a provider that is down", "[providers]") {
    CHECK(fetch_now(to(closed_port())).failure == reading_state::provider_down);
    CHECK(fetch_now(to("http://no-such-host.invalid")).failure == reading_state::provider_down);
    small_server const cut{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12"};
    CHECK(fetch_now(to(cut.url())).failure == reading_state::provider_down);
}

TEST_CASE("no answer by the deadline is slow", "[providers]") {
    small_server const silent{""};

    auto const came = fetch_now(to(silent.url()), 50ms);

    CHECK(came.failure == reading_state::slow);
}

TEST_CASE("authorities that cannot be read are told", "[providers]") {
    small_server const server{answer_of("1")};
    auto what = to(server.url());
    what.tls = true;
    what.ca_file = "/nonexistent/ca.pem";

    auto const came = fetch_now(what);

    CHECK(came.failure == reading_state::wrong);
    CHECK(came.detail.starts_with("ca_file: "));
}
