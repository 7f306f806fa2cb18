#include "proxy/http/h1_writer.hpp"

#include "proxy/http/h1_head_parser.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

using millrace::errc;
using millrace::field;
using namespace millrace::http;  // NOLINT(google-build-using-namespace): every line here needs it
using namespace std::string_literals;
using kind = enum body_length::kind;

namespace {

request_head make_request() {
    request_head head;
    head.method = method::post;
    head.method_name = "POST";
    head.target = "/a?b";
    head.authority = "up:81";
    head.fields = {{"Accept", "*/*"}, {"X-Empty", ""}};
    return head;
}

response_head make_response() {
    response_head head;
    head.status = 200;
    head.reason = "OK";
    head.fields = {{"Server", "x"}};
    return head;
}

std::string written(const request_head& head) {
    byte_buffer out;
    append_request_head(out, head);
    return std::string{out.text()};
}

std::string written(const response_head& head, response_framing framing) {
    byte_buffer out;
    append_response_head(out, head, framing);
    return std::string{out.text()};
}

std::string framed(std::string_view data, bool last, const std::vector<field>& trailers = {}) {
    chunk_frame const frame{data.size(), last, trailers};
    return std::string{frame.before()} + std::string{data} + std::string{frame.after()};
}

}  // namespace

TEST_CASE("a request is written with Host first and its framing last", "[http][writer]") {
    auto head = make_request();
    constexpr auto begin = "POST /a?b HTTP/1.1\r\nHost: up:81\r\nAccept: */*\r\nX-Empty: \r\n";

    CHECK(written(head) == begin + "\r\n"s);

    head.body = {kind::known, 12'345};
    CHECK(written(head) == begin + "Content-Length: 12345\r\n\r\n"s);

    head.body = {kind::known, 0};
    CHECK(written(head) == begin + "Content-Length: 0\r\n\r\n"s);

    head.body = {kind::unknown};
    head.expects_continue = true;
    CHECK(written(head) == begin + "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n"s);
}

TEST_CASE("an upgrade that is honoured is asked for", "[http][writer]") {
    auto head = make_request();
    head.fields.clear();
    head.upgrade = "websocket";

    CHECK(
        written(head) ==
        "POST /a?b HTTP/1.1\r\nHost: up:81\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    );
}

TEST_CASE("what is written is what our own parser reads", "[http][writer]") {
    auto head = make_request();
    head.body = {kind::known, UINT64_MAX / 2};
    head.expects_continue = true;
    head.fields.assign(100, field{"X-Name", std::string_view{"a value of some length"}});

    auto const text = written(head);
    h1_request parsed;
    auto const outcome = parse_request_head(text, {}, parsed);

    REQUIRE(outcome.error == errc::ok);
    REQUIRE(outcome.consumed == text.size());
    CHECK(parsed.head.target == head.target);
    CHECK(parsed.head.authority == head.authority);
    CHECK(parsed.head.body.bytes == head.body.bytes);
    CHECK(parsed.head.expects_continue);
    CHECK(parsed.head.fields.size() == 100);
}

// Fields that still stand in their buffer are copied by the block: it must not show.
TEST_CASE("fields are written the same whether they were parsed or made", "[http][writer]") {
    auto const fields =
        "A: 1\r\nB:2\r\nC:  3\r\nD: 4 \r\nE:\r\nF: \r\nG: \r\nH: x\ty\r\nConnection: i\r\nI: 9\r\n"
        "J: 10\r\nTE: trailers\r\nK: 11\r\n"s;
    auto const text = "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\nX: behind\r\n";
    h1_request parsed;
    REQUIRE(parse_request_head(text, {}, parsed).error == errc::ok);
    auto made = parsed.head;
    for (auto& each : made.fields) {
        each.canonical = false;
    }

    CHECK(written(parsed.head) == written(made));
    CHECK(
        written(parsed.head) ==
        "GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\nE: \r\nF: \r\nG: \r\n"
        "H: x\ty\r\nJ: 10\r\nK: 11\r\n\r\n"
    );
}

TEST_CASE("parsed fields may be taken out, changed and moved", "[http][writer]") {
    auto const text = "GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n\r\n"s;
    h1_request parsed;
    REQUIRE(parse_request_head(text, {}, parsed).error == errc::ok);
    auto& fields = parsed.head.fields;

    fields[1].value = "changed";
    std::swap(fields[2], fields[3]);
    fields.push_back({"E", "5"});
    fields.erase(fields.begin());

    CHECK(
        written(parsed.head) ==
        "GET / HTTP/1.1\r\nHost: a\r\nB: changed\r\nD: 4\r\nC: 3\r\nE: 5\r\n\r\n"
    );
}

TEST_CASE("an answer is written with the framing that the client understands", "[http][writer]") {
    auto head = make_response();
    constexpr auto begin = "HTTP/1.1 200 OK\r\nServer: x\r\n";

    CHECK(written(head, {}) == begin + "\r\n"s);
    CHECK(written(head, {body_framing::chunked}) == begin + "Transfer-Encoding: chunked\r\n\r\n"s);
    CHECK(
        written(head, {.body = body_framing::until_close, .close = true}) ==
        begin + "Connection: close\r\n\r\n"s
    );
    head.body = {kind::known, 7};
    CHECK(
        written(head, {.body = body_framing::length, .keep_alive = true}) ==
        begin + "Content-Length: 7\r\nConnection: keep-alive\r\n\r\n"s
    );
}

TEST_CASE("the length that an answer without a body announces is told", "[http][writer]") {
    auto head = make_response();
    head.announced_length = 5;

    CHECK(written(head, {}) == "HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 5\r\n\r\n");
}

TEST_CASE("an answer without a reason keeps the blank", "[http][writer]") {
    response_head head;
    head.status = 204;

    CHECK(written(head, {}) == "HTTP/1.1 204 \r\n\r\n");
}

TEST_CASE("a 101 names its protocol and nothing about closing", "[http][writer]") {
    response_head head;
    head.status = 101;
    head.reason = "Switching Protocols";
    head.upgrade = "websocket";

    CHECK(
        written(head, {.close = true}) ==
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    );
}

TEST_CASE("heads follow each other in one buffer", "[http][writer]") {
    byte_buffer out;
    auto const head = make_request();

    for (int i = 0; i < 50; ++i) {
        append_request_head(out, head);
    }

    CHECK(out.size() == 50 * written(head).size());
    CHECK(out.text().ends_with(written(head)));
    out.clear();
    CHECK(out.text().empty());
}

TEST_CASE("pieces of every length are appended whole", "[http][writer]") {
    std::string expected;
    byte_buffer out;
    for (std::size_t length = 0; length < 70; ++length) {
        std::string piece;
        for (std::size_t i = 0; i < length; ++i) {
            piece += static_cast<char>('!' + (length * 7 + i) % 90);
        }
        out.reserve_more(length);
        out.append(piece);
        expected += piece;
    }
    out.reserve_more(20);
    out.append_decimal(UINT64_MAX);

    CHECK(out.text() == expected + "18446744073709551615");
}

TEST_CASE("a chunk is framed by its size and line ends", "[http][writer]") {
    CHECK(framed("hello", false) == "5\r\nhello\r\n");
    CHECK(framed(std::string(255, 'x'), false) == "ff\r\n" + std::string(255, 'x') + "\r\n");
    CHECK(framed("hello", true) == "5\r\nhello\r\n0\r\n\r\n");
    CHECK(framed("", true) == "0\r\n\r\n");
}

TEST_CASE("an empty part of a body never looks like the last chunk", "[http][writer]") {
    CHECK(framed("", false).empty());
}

TEST_CASE("trailers follow the last chunk only", "[http][writer]") {
    std::vector<field> const trailers{{"Digest", "x"}, {"B", "y"}};

    CHECK(framed("hi", true, trailers) == "2\r\nhi\r\n0\r\nDigest: x\r\nB: y\r\n\r\n");
    CHECK(framed("", true, trailers) == "0\r\nDigest: x\r\nB: y\r\n\r\n");
    CHECK(framed("hi", false, trailers) == "2\r\nhi\r\n");
}

TEST_CASE("the largest chunk size fits", "[http][writer]") {
    chunk_frame const frame{SIZE_MAX, false, {}};

    CHECK(frame.before() == "ffffffffffffffff\r\n");
}
