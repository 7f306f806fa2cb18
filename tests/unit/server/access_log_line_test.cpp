#include "proxy/server/access_log_line.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

using millrace::errc;
using millrace::observation;
using namespace millrace::server;  // NOLINT(google-build-using-namespace): every line here needs it
using namespace std::chrono_literals;
namespace http = millrace::http;
namespace json = boost::json;

namespace {

http::request_head make_request() {
    http::request_head request;
    request.method_name = "GET";
    request.authority = "example.com";
    request.target = "/a?b";
    return request;
}

observation make_observation() {
    return {
        .status = 502,
        .failure = errc::upstream_closed,
        .latency = 1'234'567us,
        .first_byte = 1ms,
        .bytes_received = 10,
        .bytes_sent = UINT64_MAX};
}

std::string line_of(const http::request_head& request, const observation& observed) {
    auto line = begin_access_log_line("192.0.2.7", request);
    end_access_log_line(
        line,
        {.route = "chat",
         .version = "v2",
         .endpoint = "up:80",
         .request_id = "id-1",
         .epoch = 3,
         .observed = observed}
    );
    return line;
}

json::object parsed(const std::string& line) {
    return json::parse(line).as_object();
}

}  // namespace

TEST_CASE("an exchange is one line of JSON", "[server][access_log]") {
    auto const line = line_of(make_request(), make_observation());

    REQUIRE(std::count(line.begin(), line.end(), '\n') == 1);
    REQUIRE(line.ends_with("}\n"));
    auto const object = parsed(line);
    CHECK(object.at("client") == "192.0.2.7");
    CHECK(object.at("method") == "GET");
    CHECK(object.at("host") == "example.com");
    CHECK(object.at("target") == "/a?b");
    CHECK(object.at("protocol") == "HTTP/1.1");
    CHECK(object.at("request_id") == "id-1");
    CHECK(object.at("route") == "chat");
    CHECK(object.at("version") == "v2");
    CHECK(object.at("endpoint") == "up:80");
    CHECK(object.at("reason") == "upstream_closed");
    CHECK(object.at("status").to_number<int>() == 502);
    CHECK(object.at("epoch").to_number<int>() == 3);
    CHECK(object.at("latency_seconds").to_number<double>() == Approx(1.234567));
    CHECK(object.at("first_byte_seconds").to_number<double>() == Approx(0.001));
    CHECK(object.at("bytes_received").to_number<int>() == 10);
    CHECK(object.at("bytes_sent").to_number<std::uint64_t>() == UINT64_MAX);
    CHECK(object.at("time").as_string().ends_with("Z"));
}

TEST_CASE("an exchange of which little is known is still valid JSON", "[server][access_log]") {
    observation const nothing;
    http::request_head request;
    request.is_http10 = true;
    auto line = begin_access_log_line("", request);
    end_access_log_line(
        line, {.route = {}, .version = {}, .endpoint = {}, .request_id = {}, .observed = nothing}
    );

    auto const object = parsed(line);

    CHECK(object.at("protocol") == "HTTP/1.0");
    CHECK(object.at("route") == "");
    CHECK(object.at("reason") == "ok");
    CHECK(object.at("status").to_number<int>() == 0);
}

TEST_CASE("whatever a client sends, the line stays one line of JSON", "[server][access_log]") {
    std::string hostile;
    for (int c = 0; c < 256; ++c) {
        hostile += static_cast<char>(c);
    }
    hostile += "\",\"status\":200,\"x\":\"\\";
    auto request = make_request();
    request.target = hostile;
    request.method_name = hostile;
    request.authority = hostile;

    auto const line = line_of(request, make_observation());

    CHECK(std::count(line.begin(), line.end(), '\n') == 1);
    CHECK(std::all_of(line.begin(), line.end() - 1, [](char c) { return c >= 0x20 && c < 0x7f; }));
    auto const object = parsed(line);
    CHECK(object.at("status").to_number<int>() == 502);
    CHECK(object.size() == parsed(line_of(make_request(), make_observation())).size());
}

TEST_CASE("durations are never written with an exponent", "[server][access_log]") {
    auto observed = make_observation();
    observed.latency = 1ns;
    observed.first_byte = std::chrono::hours{24 * 365};

    auto const line = line_of(make_request(), observed);

    CHECK(line.find("\"latency_seconds\":0.000000,") != std::string::npos);
    CHECK(line.find("\"first_byte_seconds\":31536000.000000,") != std::string::npos);
}
