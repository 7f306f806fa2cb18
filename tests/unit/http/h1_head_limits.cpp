// What a request's head may cost, and the trailer section behind a chunked body.
#include "proxy/http/h1_head_parser.hpp"

#include "heads.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace millrace::http;  // NOLINT(google-build-using-namespace): every line here needs it
using millrace::errc;

TEST_CASE("request lines of 8,000 octets pass, endless ones are cut", "[http][h1]") {
    parsed_request got;
    parse_into(got, line_with("GET /" + std::string(8'000, 'a') + " HTTP/1.1"));
    CHECK(got.outcome.state == head_state::complete);

    auto const endless = std::string(17'000, 'a');
    for (auto const& text :
         {"GET /" + endless, endless, "GET http://" + endless, "GET / " + endless}) {
        parse_into(got, text);
        CHECK(got.outcome.state == head_state::failed);
    }
    parse_into(got, "GET /" + endless);
    CHECK(got.outcome.error == errc::request_line_too_long);
    parse_into(got, line_with("GET /" + endless + " HTTP/1.1"));
    CHECK(got.outcome.error == errc::request_line_too_long);
}

TEST_CASE("fields are limited in count and bytes", "[http][h1]") {
    head_limits const limits{.start_line_bytes_max = 100, .bytes_max = 400, .fields_max = 5};
    parsed_request got;

    parse_into(got, get_with("A:\r\nB:\r\nC:\r\nD:\r\n"), limits);
    CHECK(got.outcome.state == head_state::complete);
    parse_into(got, get_with("A:\r\nB:\r\nC:\r\nD:\r\nE:\r\n"), limits);
    CHECK(got.outcome.state == head_state::failed);
    CHECK(got.outcome.error == errc::too_many_fields);

    auto const of_bytes = [](std::size_t bytes) {
        auto const rest = get_with("X: \r\n").size();
        return get_with("X: " + std::string(bytes - rest, 'x') + "\r\n");
    };
    parse_into(got, of_bytes(400), limits);
    CHECK(got.outcome.state == head_state::complete);
    parse_into(got, of_bytes(401), limits);
    CHECK(got.outcome.state == head_state::failed);
    CHECK(got.outcome.error == errc::header_too_large);
    parse_into(got, of_bytes(401).substr(0, 399), limits);
    CHECK(got.outcome.state == head_state::need_more);

    // Never ends, neither as a line nor as a section.
    parse_into(got, "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(400, 'x'), limits);
    CHECK(got.outcome.error == errc::header_too_large);
    parse_into(got, "GET / HTTP/1.1\r\nHost: a\r\n" + std::string(400, 'x'), limits);
    CHECK(got.outcome.error == errc::header_too_large);
}

TEST_CASE("a line within the limit passes however it arrives", "[http][h1]") {
    head_limits const limits{.start_line_bytes_max = 100, .bytes_max = 400, .fields_max = 5};
    for (std::size_t bytes = 95; bytes <= 100; ++bytes) {
        auto const text = line_with(
            "GET /" + std::string(bytes - std::string_view{"GET / HTTP/1.1"}.size(), 'a') +
            " HTTP/1.1"
        );
        for (std::size_t arrived = 0; arrived < text.size(); ++arrived) {
            parsed_request got;
            parse_into(got, text.substr(0, arrived), limits);
            CAPTURE(bytes, arrived);
            CHECK(got.outcome.state == head_state::need_more);
        }
    }
}

TEST_CASE("an endless line is 414 also behind an empty line", "[http][h1]") {
    parsed_request got;

    parse_into(got, "\r\nGET /" + std::string(17'000, 'a'));

    CHECK(got.outcome.error == errc::request_line_too_long);
}

TEST_CASE("a trailer section is fields without the forbidden ones", "[http][h1][trailers]") {
    std::vector<millrace::field> out{{"left", "over"}};

    CHECK(
        parse_trailers(
            "Digest: x\r\nContent-Length: 5\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
            "Authorization: x\r\nCookie: x\r\nSet-Cookie: x\r\nX-Forwarded-For: 1.1.1.1\r\n"
            "Connection: close\r\nTE: trailers\r\nTrailer: x\r\nMax-Forwards: 1\r\nB: \t y\r\n\r\n",
            out
        ) == errc::ok
    );

    REQUIRE(out.size() == 2);
    CHECK(out[0].name == "Digest");
    CHECK(out[1].name == "B");
    CHECK(out[1].value == "y");
}

TEST_CASE("malformed trailers are refused", "[http][h1][trailers]") {
    std::vector<millrace::field> out;
    for (auto const* text :
         {"",
          "A: b",
          "A: b\r\n",
          "A: b\r\n\r\nC",
          "A : b\r\n\r\n",
          " A: b\r\n\r\n",
          "A\r\n\r\n",
          ": b\r\n\r\n",
          "A: b\n\r\n",
          "A: b\r\r\n\r\n",
          "A: b\r\n c\r\n\r\n",
          "A: \x01\r\n\r\n",
          "A b: c\r\n\r\n",
          "A: \x7f\r\n\r\n"}) {
        CAPTURE(text);
        CHECK(parse_trailers(text, out) == errc::bad_trailer);
    }
    std::string many;
    for (int i = 0; i < 129; ++i) {
        many += "A: b\r\n";
    }
    CHECK(parse_trailers(many + "\r\n", out) == errc::bad_trailer);
}
