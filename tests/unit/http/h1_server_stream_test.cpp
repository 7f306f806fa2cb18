#include "proxy/http/h1_server_stream.hpp"

#include "tests/support/driven_worker.hpp"
#include "tests/support/peer.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace millrace::http;  // NOLINT(google-build-using-namespace): every line here needs it
using millrace::errc;
using millrace::no_deadline;
using millrace::net::task;
using millrace::support::next_round;
using namespace std::string_literals;
using namespace std::chrono_literals;
using kind = enum body_length::kind;

namespace {

const std::vector<millrace::field> no_trailers;

struct fixture {
    millrace::net::worker loop;
    millrace::support::connected ends = millrace::support::make_pair(loop);
    workspace memory;
    h1_server_params params;
    h1_server_stream stream{*ends.ours, memory, params};

    [[nodiscard]] const millrace::support::peer& client() const noexcept { return ends.theirs; }

    void run(task<void> script) { millrace::support::run(loop, std::move(script)); }
};

response_head answer(std::uint16_t status, body_length body = {}) {
    response_head head;
    head.status = status;
    head.reason = "R";
    head.body = body;
    return head;
}

/// Reads a request that is there already, and the part of its body that came with it.
task<body_part> read_request(fixture& with) {
    const request_head* head = nullptr;
    auto const error = co_await with.stream.read_head(head);
    REQUIRE(error == errc::ok);
    co_return with.stream.buffered_body();
}

/// Reads the rest of a body until it is complete or fails.
task<errc> read_all(fixture& with, std::string& body) {
    while (true) {
        auto const part = co_await with.stream.read_body(65'536, no_deadline);
        body.append(part.bytes.data(), part.bytes.size());
        if (part.last || part.error != errc::ok) {
            co_return part.error;
        }
    }
}

task<void> write_answer(fixture& with, const response_head& head, std::string_view body) {
    auto const written = co_await with.stream.write_head(head, body, true);
    REQUIRE(written == errc::ok);
}

task<void> serves_two_requests(fixture& with) {
    with.client().send("GET /one HTTP/1.1\r\nHost: a\r\n\r\n");
    const request_head* head = nullptr;
    auto const first = co_await with.stream.read_head(head);
    REQUIRE(first == errc::ok);
    CHECK(head->target == "/one");
    auto const body = with.stream.buffered_body();
    CHECK(body.last);
    CHECK(body.bytes.empty());
    co_await write_answer(with, answer(200, {kind::known, 2}), "hi");
    CHECK(with.client().receive() == "HTTP/1.1 200 R\r\nContent-Length: 2\r\n\r\nhi");
    CHECK(with.stream.can_continue());

    with.client().send("GET /two HTTP/1.1\r\nHost: a\r\n\r\n");
    auto const second = co_await with.stream.read_head(head);
    REQUIRE(second == errc::ok);
    CHECK(head->target == "/two");
}

task<void> reads_a_head_in_parts(fixture& with) {
    auto const text = "GET /slow HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n"s;
    with.client().send(text.substr(0, 1));
    const request_head* head = nullptr;
    auto reading = with.stream.read_head(head);
    for (std::size_t i = 1; i < text.size(); ++i) {
        CHECK_FALSE(reading.await_ready());
        with.client().send(text.substr(i, 1));
        next_round later{with.loop};
        co_await later;
    }
    auto const error = co_await reading;
    REQUIRE(error == errc::ok);
    CHECK(head->target == "/slow");
    REQUIRE(head->fields.size() == 1);
}

task<void> keeps_a_pipelined_request(fixture& with) {
    with.client().send(
        "POST /one HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
        "POST /two HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"
        "GET /three HTTP/1.1\r\n"
    );
    auto const first = co_await read_request(with);
    CHECK(first.last);
    CHECK(std::string(first.bytes.data(), first.bytes.size()) == "abc");
    co_await write_answer(with, answer(200, {kind::known, 0}), "");
    CHECK(with.stream.has_input());
    next_round later{with.loop};
    co_await later;

    const request_head* head = nullptr;
    auto const error = co_await with.stream.read_head(head);
    REQUIRE(error == errc::ok);
    CHECK(head->target == "/two");
    auto const second = with.stream.buffered_body();
    CHECK(second.last);
    CHECK(std::string(second.bytes.data(), second.bytes.size()) == "x");
    co_await write_answer(with, answer(204), "");
    CHECK(with.stream.can_continue());
    CHECK(with.stream.has_input());
}

task<void> reads_a_long_body(fixture& with) {
    std::string const sent(100'000, 'b');
    with.client().send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
    auto const first = co_await read_request(with);
    CHECK_FALSE(first.last);
    CHECK_FALSE(with.stream.can_continue());
    CHECK(with.stream.may_have_unread_input());

    with.client().send(sent + "GET ");
    std::string body;
    auto const error = co_await read_all(with, body);

    CHECK(error == errc::ok);
    CHECK(body == sent);
    CHECK(with.stream.has_input());
}

task<void> reads_chunks_and_trailers(fixture& with) {
    with.client().send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab");
    auto const first = co_await read_request(with);
    std::string body{first.bytes.data(), first.bytes.size()};
    auto reading = read_all(with, body);
    for (auto const* part :
         {"c", "\r\n2;x=y\r", "\nde\r\n0\r\nDigest: z\r\nHost: evil\r\n", "\r\n"}) {
        with.client().send(part);
        next_round later{with.loop};
        co_await later;
    }
    auto const error = co_await reading;

    CHECK(error == errc::ok);
    CHECK(body == "abcde");
    REQUIRE(with.stream.trailers().size() == 1);
    CHECK(with.stream.trailers()[0].name == "Digest");
}

task<void> sees_a_broken_chunk(fixture& with) {
    with.client().send(
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\nbad\n"
        "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
    );
    auto const part = co_await read_request(with);
    CHECK(part.error == errc::bad_chunk);
    CHECK_FALSE(part.last);

    co_await write_answer(with, answer(400, {kind::known, 0}), "");

    CHECK(with.client().receive().find("Connection: close\r\n") != std::string::npos);
    CHECK_FALSE(with.stream.can_continue());
    CHECK(with.stream.may_have_unread_input());
}

task<void> sees_broken_trailers(fixture& with) {
    with.client().send(
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA : b\r\n\r\n"
    );
    auto const part = co_await read_request(with);

    CHECK(part.error == errc::bad_trailer);
    CHECK_FALSE(part.last);
    CHECK_FALSE(with.stream.can_continue());
}

task<void> sees_a_cut_body(fixture& with) {
    with.client().send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab");
    (void)co_await read_request(with);
    with.ends.theirs.shutdown_send();

    auto const part = co_await with.stream.read_body(100, no_deadline);

    CHECK(part.error == errc::end_of_stream);
    CHECK_FALSE(part.last);
}

task<void> gives_up_waiting_for_a_body(fixture& with) {
    with.client().send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab");
    (void)co_await read_request(with);

    auto const part = co_await with.stream.read_body(100, with.loop.now() + 1ms);

    CHECK(part.error == errc::timed_out);
}

task<void> is_cancelled_while_it_reads(fixture& with) {
    with.client().send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab");
    (void)co_await read_request(with);
    auto reading = with.stream.read_body(100, no_deadline);
    REQUIRE_FALSE(reading.await_ready());

    with.stream.cancel(errc::draining);
    auto const part = co_await reading;

    CHECK(part.error == errc::draining);
}

}  // namespace

TEST_CASE("a connection serves one request after the other", "[http][server_stream]") {
    fixture with;
    with.run(serves_two_requests(with));
}

TEST_CASE("a head may arrive byte by byte", "[http][server_stream]") {
    fixture with;
    with.run(reads_a_head_in_parts(with));
}

TEST_CASE("pipelined requests wait for their turn", "[http][server_stream]") {
    fixture with;
    with.run(keeps_a_pipelined_request(with));
}

TEST_CASE("a body ends where its length says", "[http][server_stream]") {
    fixture with;
    with.run(reads_a_long_body(with));
}

TEST_CASE("chunks are joined and trailers checked", "[http][server_stream]") {
    fixture with;
    with.run(reads_chunks_and_trailers(with));
}

TEST_CASE("after a broken chunk nothing is a request", "[http][server_stream]") {
    fixture with;
    with.run(sees_a_broken_chunk(with));
}

TEST_CASE("malformed trailers fail the body", "[http][server_stream]") {
    fixture with;
    with.run(sees_broken_trailers(with));
}

TEST_CASE("a body that ends early is never complete", "[http][server_stream]") {
    fixture with;
    with.run(sees_a_cut_body(with));
}

TEST_CASE("a body that does not come is given up at its deadline", "[http][server_stream]") {
    fixture with;
    with.run(gives_up_waiting_for_a_body(with));
}

TEST_CASE("cancelling ends a read with the reason", "[http][server_stream]") {
    fixture with;
    with.run(is_cancelled_while_it_reads(with));
}

namespace {

task<void> reads_head_expecting(fixture& with, errc expected) {
    const request_head* head = nullptr;
    auto const error = co_await with.stream.read_head(head);
    CHECK(error == expected);
    CHECK(head == nullptr);
    CHECK_FALSE(with.stream.can_continue());
}

task<void> answers_a_bad_head(fixture& with) {
    co_await reads_head_expecting(with, errc::bad_request_line);
    co_await write_answer(with, answer(400, {kind::known, 0}), "");
    CHECK(
        with.client().receive() ==
        "HTTP/1.1 400 R\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    );
}

}  // namespace

TEST_CASE("a malformed head is told, and the connection ends", "[http][server_stream]") {
    fixture with;
    with.client().send("GET\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
    with.run(answers_a_bad_head(with));
}

TEST_CASE("a client that leaves between requests is no error", "[http][server_stream]") {
    fixture with;
    with.ends.theirs.close();
    with.run(reads_head_expecting(with, errc::end_of_stream));
}

TEST_CASE("a client that leaves within a head is noticed", "[http][server_stream]") {
    fixture with;
    with.client().send("GET / HTTP/1.1\r\n");
    with.client().shutdown_send();
    with.run(reads_head_expecting(with, errc::end_of_stream));
}

TEST_CASE("a head that does not end in time is given up", "[http][server_stream]") {
    fixture with;
    with.params.header_timeout = 1ms;
    with.client().send("GET / HTTP/1.1\r\n");
    with.run(reads_head_expecting(with, errc::request_timed_out));
}

namespace {

/// What the client gets for an answer to a request with the given first line and fields.
task<void> answers(
    fixture& with,
    std::string_view request,
    response_head head,
    std::string_view body,
    bool last,
    std::string& received
) {
    with.client().send(request);
    (void)co_await read_request(with);
    auto const written = co_await with.stream.write_head(head, body, last);
    REQUIRE(written == errc::ok);
    CHECK(with.stream.has_answered());
    received = with.client().receive();
}

std::string answered(
    fixture& with,
    std::string_view request,
    const response_head& head,
    std::string_view body,
    bool last
) {
    std::string received;
    with.run(answers(with, request, head, body, last, received));
    return received;
}

constexpr auto get_11 = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

}  // namespace

TEST_CASE("an answer of unknown length is chunked", "[http][server_stream]") {
    fixture with;

    CHECK(
        answered(with, get_11, answer(200, {kind::unknown}), "abc", false) ==
        "HTTP/1.1 200 R\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
    );
    CHECK_FALSE(with.stream.can_continue());
}

TEST_CASE("to an HTTP/1.0 client it ends with the connection", "[http][server_stream]") {
    fixture with;

    CHECK(
        answered(
            with,
            "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
            answer(200, {kind::unknown}),
            "abc",
            true
        ) == "HTTP/1.1 200 R\r\nConnection: close\r\n\r\nabc"
    );
    CHECK_FALSE(with.stream.can_continue());
}

TEST_CASE("an HTTP/1.0 client that asks keeps its connection", "[http][server_stream]") {
    fixture with;

    CHECK(
        answered(
            with,
            "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
            answer(200, {kind::known, 3}),
            "abc",
            true
        ) == "HTTP/1.1 200 R\r\nContent-Length: 3\r\nConnection: keep-alive\r\n\r\nabc"
    );
    CHECK(with.stream.can_continue());
}

TEST_CASE("a client that says close gets close", "[http][server_stream]") {
    fixture with;

    auto const received = answered(
        with, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", answer(204), "", true
    );

    CHECK(received == "HTTP/1.1 204 R\r\nConnection: close\r\n\r\n");
    CHECK_FALSE(with.stream.can_continue());
}

TEST_CASE("an answer before the request's end closes", "[http][server_stream]") {
    fixture with;

    auto const received = answered(
        with,
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab",
        answer(200, {kind::known, 0}),
        "",
        true
    );

    CHECK(received.find("Connection: close\r\n") != std::string::npos);
    CHECK_FALSE(with.stream.can_continue());
    CHECK(with.stream.may_have_unread_input());
}

namespace {

task<void> interim_then_final(fixture& with) {
    with.client().send(get_11 + "GET /next"s);
    (void)co_await read_request(with);
    auto const interim = co_await with.stream.write_head(answer(103), "", false);
    REQUIRE(interim == errc::ok);
    CHECK_FALSE(with.stream.has_answered());
    co_await write_answer(with, answer(200, {kind::known, 0}), "");

    CHECK(with.stream.has_answered());
    CHECK(
        with.client().receive() ==
        "HTTP/1.1 103 R\r\n\r\nHTTP/1.1 200 R\r\nContent-Length: 0\r\n\r\n"
    );
    CHECK(with.stream.can_continue());
}

task<void> chunks_with_trailers(fixture& with) {
    with.client().send(get_11);
    (void)co_await read_request(with);
    (void)co_await with.stream.write_head(answer(200, {kind::unknown}), "", false);
    (void)co_await with.stream.write_body("ab", false, no_trailers);
    std::vector<millrace::field> const trailers{{"Digest", "x"}};
    auto const written = co_await with.stream.write_body("c", true, trailers);

    REQUIRE(written == errc::ok);
    auto const received = with.client().receive();
    CHECK(received.ends_with("\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\nDigest: x\r\n\r\n"));
    CHECK(with.stream.can_continue());
}

task<void> upgrades(fixture& with) {
    with.client().send(
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nearly"
    );
    const request_head* head = nullptr;
    auto const error = co_await with.stream.read_head(head);
    REQUIRE(error == errc::ok);
    CHECK(head->upgrade == "websocket");
    auto const none = with.stream.buffered_body();
    CHECK(none.last);
    auto switching = answer(101);
    switching.upgrade = "websocket";
    (void)co_await with.stream.write_head(switching, "", false);

    auto const early = with.stream.buffered_body();
    CHECK(std::string(early.bytes.data(), early.bytes.size()) == "early");
    (void)co_await with.stream.write_body("raw", false, no_trailers);
    CHECK(with.client().receive().ends_with("Upgrade: websocket\r\n\r\nraw"));

    with.client().send("more");
    with.client().shutdown_send();
    std::string rest;
    auto const ended = co_await read_all(with, rest);
    CHECK(ended == errc::ok);
    CHECK(rest == "more");
    (void)co_await with.stream.write_body("", true, no_trailers);
    CHECK(with.client().sees_end());
    CHECK_FALSE(with.stream.can_continue());
}

task<void> closes_after_the_answer(fixture& with) {
    with.client().send(get_11);
    (void)co_await read_request(with);
    with.stream.close_after_answer();
    co_await write_answer(with, answer(200, {kind::known, 0}), "");
    CHECK(with.client().receive().find("Connection: close") != std::string::npos);
    CHECK_FALSE(with.stream.can_continue());
}

}  // namespace

TEST_CASE("interim answers go before the final one", "[http][server_stream]") {
    fixture with;
    with.run(interim_then_final(with));
}

TEST_CASE("chunks are framed and trailers come last", "[http][server_stream]") {
    fixture with;
    with.run(chunks_with_trailers(with));
}

TEST_CASE("after a 101 both directions are raw bytes", "[http][server_stream]") {
    fixture with;
    with.run(upgrades(with));
}

TEST_CASE("a drain closes after the answer", "[http][server_stream]") {
    fixture with;
    with.run(closes_after_the_answer(with));
}

namespace {

class recorder final : public server_stream::listener {
 public:
    void on_client_gone(bool is_broken) override {
        ++calls;
        broken = broken || is_broken;
    }

    int calls = 0;
    bool broken = false;
};

task<void> tells_who_listens(fixture& with, recorder& heard, bool broken) {
    with.client().send(get_11);
    (void)co_await read_request(with);
    with.stream.listen(&heard);
    if (broken) {
        with.ends.theirs.close();
    } else {
        with.client().shutdown_send();
    }
    while (heard.calls == 0) {
        next_round later{with.loop};
        co_await later;
    }
    with.stream.listen(nullptr);
    CHECK(heard.broken == broken);
}

/// A cut answer whose end is the connection's must not look complete.
task<void> cuts(
    millrace::support::connected& ends, h1_server_stream& stream, std::string_view request
) {
    ends.theirs.send(request);
    const request_head* head = nullptr;
    (void)co_await stream.read_head(head);
    (void)stream.buffered_body();
    (void)co_await stream.write_head(answer(200, {kind::unknown}), "abc", false);
    stream.cut();
    CHECK_FALSE(stream.can_continue());
}

std::string cut_answer(std::string_view request, bool& reset) {
    millrace::net::worker loop;
    auto ends = millrace::support::make_tcp_pair(loop);
    workspace memory;
    h1_server_params const params;
    std::string received;
    {
        h1_server_stream stream{*ends.ours, memory, params};
        millrace::support::run(loop, cuts(ends, stream, request));
        received = ends.theirs.receive();
    }
    ends.ours.reset();
    reset = ends.theirs.sees_reset();
    return received;
}

}  // namespace

TEST_CASE("whoever listens is told that the client left", "[http][server_stream]") {
    for (bool const broken : {false, true}) {
        fixture with;
        recorder heard;
        with.run(tells_who_listens(with, heard, broken));
        CHECK(heard.calls == 1);
    }
}

TEST_CASE("a cut answer is seen as cut", "[http][server_stream]") {
    bool reset = false;

    auto const chunked = cut_answer(get_11, reset);
    CHECK(chunked.find("0\r\n\r\n") == std::string::npos);

    auto const until_close = cut_answer("GET / HTTP/1.0\r\n\r\n", reset);
    CHECK(until_close.ends_with("abc"));
    CHECK(reset);
}
