// Answers' heads, the second half of what h1_head_parser.cpp parses.
#include "heads.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace millrace::http;  // NOLINT(google-build-using-namespace): every line here needs it
using millrace::errc;
using namespace std::string_literals;
using kind = enum body_length::kind;

namespace {

struct parsed_response : h1_response {
    std::string text;
    parse_outcome outcome;
};

void parse_into(
    parsed_response& out, std::string_view text, method asked = method::get, head_limits limits = {}
) {
    out.text = text;
    out.outcome = parse_response_head(out.text, limits, asked, out);
}

/// Complete with the last byte and not before.
parsed_response check_accepted(std::string_view text, method asked = method::get) {
    CAPTURE(std::string{text});
    parsed_response got;
    for (std::size_t bytes = 0; bytes < text.size(); ++bytes) {
        parse_into(got, text.substr(0, bytes), asked);
        if (got.outcome.state != head_state::need_more) {
            FAIL_CHECK(got.outcome.state << " after " << bytes << " bytes");
        }
    }
    parse_into(got, std::string{text} + "body", asked);
    CHECK(got.outcome.state == head_state::complete);
    CHECK(got.outcome.consumed == text.size());
    return got;
}

void check_refused(
    std::string_view text, method asked = method::get, errc why = errc::upstream_bad_response
) {
    CAPTURE(std::string{text});
    parsed_response got;
    parse_into(got, text, asked);
    CHECK(got.outcome.state == head_state::failed);
    CHECK(got.outcome.error == why);
    for (std::size_t bytes = 0; bytes < text.size(); ++bytes) {
        parse_into(got, text.substr(0, bytes), asked);
        if (got.outcome.state == head_state::complete) {
            FAIL_CHECK("complete after " << bytes << " bytes");
        }
    }
}

std::string ok_with(std::string_view fields) {
    return "HTTP/1.1 200 OK\r\n" + std::string{fields} + "\r\n";
}

}  // namespace

// Catch2 looks for copies of views only while `text` lives: moved strings may be short ones.
TEST_CASE("an answer's head is taken apart", "[http][h1][response]") {
    parsed_response got;

    parse_into(got, "HTTP/1.1 404 Not \x80 Found\r\nServer: x\r\nContent-Length: 7\r\n\r\n");

    REQUIRE(got.outcome.state == head_state::complete);
    CHECK(got.head.status == 404);
    CHECK(got.head.reason == "Not \x80 Found");
    CHECK(got.head.body.kind == kind::known);
    CHECK(got.head.body.bytes == 7);
    CHECK(got.keep_alive);
    REQUIRE(got.head.fields.size() == 1);
    CHECK(got.head.fields[0].value == "x");
}

TEST_CASE("status lines with and without a reason are read", "[http][h1][response]") {
    CHECK(check_accepted("HTTP/1.1 200 OK\r\n\r\n").head.status == 200);
    CHECK(check_accepted("HTTP/1.1 200 \r\n\r\n").head.status == 200);
    CHECK(check_accepted("HTTP/1.1 599 a\tb\r\n\r\n").head.status == 599);
    CHECK(check_accepted("HTTP/1.0 200 OK\r\n\r\n").head.status == 200);
}

TEST_CASE("malformed status lines are refused", "[http][h1][response]") {
    for (auto const* line :
         {"HTTP/1.2 200 OK",     "HTTP/2.0 200 OK",  "http/1.1 200 OK",     "HTTP/1.1  200 OK",
          "HTTP/1.1\t200 OK",    "HTTP/1.1 99 Odd",  "HTTP/1.1 099 Odd",    "HTTP/1.1 600 Odd",
          "HTTP/1.1 20 OK",      "HTTP/1.1 2000 OK", "HTTP/1.1 +20 OK",     "HTTP/1.1 20x OK",
          "HTTP/1.1 200OK",      "HTTP/1.1 200\tOK", " HTTP/1.1 200 OK",    "HTTP/1.1 200 O\x01K",
          "HTTP/1.1 200 O\x7fK", "HTTP/11 200 OKAY", "ICY 200 OK and more", "200 OK and more of it",
          "HTTP/1.1 -00 Odd",    "GET / HTTP/1.1 x"}) {
        check_refused(line + "\r\n\r\n"s);
    }
    check_refused("\r\nHTTP/1.1 200 OK\r\n\r\n");
    check_refused("HTTP/1.1 200 OK\n\n\n");
    check_refused("HTTP/1.1 200 OK\nA: b\r\n\r\n");
    check_refused("HTTP/1.1 200 O\rK\r\n\r\n");
}

TEST_CASE("fields of answers are as strict as those of requests", "[http][h1][response]") {
    for (auto const* line :
         {"X : y", " X: y", ": y", "X", "X y: z", "X: \x01", "X: \x7f", "X: a\r b", "X\x80: y"}) {
        check_refused(ok_with(line + "\r\n"s));
    }
    check_refused(ok_with("X: a\r\n b\r\n"));
    check_refused(ok_with("X: a\n"));
    check_refused(ok_with("X: \0\r\n"s));
}

TEST_CASE("an answer's body is delimited in one way", "[http][h1][response]") {
    auto const chunked = check_accepted(ok_with("Transfer-Encoding: chunked\r\n"));
    CHECK(chunked.is_chunked);
    CHECK(chunked.head.body.kind == kind::unknown);
    CHECK(chunked.keep_alive);

    auto const until_close = check_accepted(ok_with(""));
    CHECK_FALSE(until_close.is_chunked);
    CHECK(until_close.head.body.kind == kind::unknown);
    CHECK_FALSE(until_close.keep_alive);

    auto const empty = check_accepted(ok_with("Content-Length: 0\r\n"));
    CHECK(empty.head.body.kind == kind::known);
    CHECK(empty.head.body.empty());
}

TEST_CASE("lengths that could be read in two ways are refused", "[http][h1][response]") {
    for (auto const* fields :
         {"Content-Length: 5\r\nContent-Length: 5\r\n",
          "Content-Length: 5\r\nContent-Length: 6\r\n",
          "Content-Length: 5, 5\r\n",
          "Content-Length: \r\n",
          "Content-Length: +5\r\n",
          "Content-Length: -5\r\n",
          "Content-Length: 5a\r\n",
          "Content-Length: 9223372036854775808\r\n",
          "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
          "Transfer-Encoding: gzip\r\n",
          "Transfer-Encoding: gzip, chunked\r\n",
          "Transfer-Encoding: chunked, chunked\r\n",
          "Transfer-Encoding: identity\r\n",
          "Transfer-Encoding: \r\n",
          "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"}) {
        for (auto const asked : {method::get, method::head}) {
            check_refused(ok_with(fields), asked);
        }
    }
    check_refused("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
}

TEST_CASE("answers to HEAD, 1xx, 204 and 304 have no body", "[http][h1][response]") {
    auto const head = check_accepted(ok_with("Content-Length: 5\r\n"), method::head);
    CHECK(head.head.body.kind == kind::none);
    CHECK(head.head.announced_length == 5);
    CHECK(head.keep_alive);

    auto const not_modified = check_accepted("HTTP/1.1 304 -\r\nContent-Length: 5\r\n\r\n");
    CHECK(not_modified.head.body.kind == kind::none);
    CHECK(not_modified.head.announced_length == 5);

    auto const no_content = check_accepted("HTTP/1.1 204 -\r\n\r\n");
    CHECK(no_content.head.body.kind == kind::none);
    CHECK(no_content.keep_alive);

    auto const early = check_accepted("HTTP/1.1 103 Early\r\nLink: x\r\n\r\n");
    CHECK(early.head.body.kind == kind::none);
    CHECK(early.head.is_interim());

    CHECK(check_accepted(ok_with("Transfer-Encoding: chunked\r\n"), method::head).keep_alive);
}

TEST_CASE("an answer without a body must not announce one", "[http][h1][response]") {
    check_refused("HTTP/1.1 204 -\r\nTransfer-Encoding: chunked\r\n\r\n");
    check_refused("HTTP/1.1 100 -\r\nTransfer-Encoding: chunked\r\n\r\n");
    check_refused("HTTP/1.1 103 -\r\nContent-Length: 5\r\n\r\n");
}

TEST_CASE("the protocol of a 101 is told only with Connection", "[http][h1][response]") {
    parsed_response got;

    parse_into(got, "HTTP/1.1 101 -\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
    REQUIRE(got.outcome.state == head_state::complete);
    CHECK(got.head.upgrade == "websocket");
    CHECK_FALSE(got.head.is_interim());

    parse_into(got, "HTTP/1.1 101 -\r\nUpgrade: websocket\r\n\r\n");
    REQUIRE(got.outcome.state == head_state::complete);
    CHECK(got.head.upgrade.empty());
}

TEST_CASE("an answer says whether its connection stays, and how long", "[http][h1][response]") {
    auto const fields = "Content-Length: 0\r\n"s;

    CHECK(check_accepted(ok_with(fields)).keep_alive);
    CHECK_FALSE(check_accepted(ok_with(fields + "Connection: x, Close\r\n")).keep_alive);
    CHECK_FALSE(check_accepted("HTTP/1.0 200 OK\r\n" + fields + "\r\n").keep_alive);
    CHECK(
        check_accepted("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n" + fields + "\r\n").keep_alive
    );
    CHECK(
        check_accepted(ok_with(fields + "Keep-Alive: timeout=7\r\n")).idle_timeout ==
        std::chrono::seconds{7}
    );
    CHECK_FALSE(check_accepted(ok_with(fields)).idle_timeout);
}

TEST_CASE("hop-by-hop fields of answers are not passed on", "[http][h1][response]") {
    parsed_response got;

    parse_into(
        got,
        ok_with("X-Hop: 1\r\nConnection: x-hop\r\nKeep-Alive: timeout=1\r\n"
                "Trailer: x\r\nUpgrade: h2c\r\nProxy-Connection: x\r\nX-End: 2\r\n")
    );

    REQUIRE(got.outcome.state == head_state::complete);
    REQUIRE(got.head.fields.size() == 1);
    CHECK(got.head.fields[0].name == "X-End");
}

TEST_CASE("answers' heads are limited in count and bytes", "[http][h1][response]") {
    head_limits const limits{.start_line_bytes_max = 100, .bytes_max = 200, .fields_max = 2};
    parsed_response got;

    parse_into(got, ok_with("A: b\r\nC: d\r\n"), method::get, limits);
    CHECK(got.outcome.state == head_state::complete);
    for (auto const& text :
         {ok_with("A: b\r\nC: d\r\nE: f\r\n"),
          ok_with("A: " + std::string(200, 'x') + "\r\n"),
          "HTTP/1.1 200 OK\r\nA: " + std::string(200, 'x'),
          "HTTP/1.1 200 " + std::string(200, 'x')}) {
        parse_into(got, text, method::get, limits);
        CHECK(got.outcome.state == head_state::failed);
        CHECK(got.outcome.error == errc::upstream_response_too_large);
    }
}

TEST_CASE("nothing of the last answer is left in the next one", "[http][h1][response]") {
    parsed_response got;
    parse_into(got, ok_with("Transfer-Encoding: chunked\r\nKeep-Alive: timeout=5\r\nX: y\r\n"));
    REQUIRE(got.is_chunked);

    parse_into(got, "HTTP/1.1 204 \r\n\r\n");

    CHECK_FALSE(got.is_chunked);
    CHECK_FALSE(got.idle_timeout);
    CHECK(got.head.fields.empty());
    CHECK(got.head.reason.empty());
    CHECK(got.head.body.kind == kind::none);
}
