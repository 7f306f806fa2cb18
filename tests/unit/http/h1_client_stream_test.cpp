#include "proxy/http/h1_client_stream.hpp"

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
    h1_client_stream stream{*ends.ours, memory, {}};

    [[nodiscard]] const millrace::support::peer& upstream() const noexcept { return ends.theirs; }

    void run(task<void> script) { millrace::support::run(loop, std::move(script)); }
};

request_head request(std::string_view name, body_length body = {}) {
    request_head head;
    head.method = method_of(name);
    head.method_name = name;
    head.target = "/";
    head.authority = "up";
    head.body = body;
    return head;
}

/// What an exchange saw of an answer.
struct seen {
    errc head_error = errc::ok;
    std::uint16_t status = 0;
    std::string body;
    errc body_error = errc::ok;
    bool complete = false;
    bool reusable = false;
};

/// Sends a request and reads an answer that arrives in the given parts.
task<void> exchange_parts(
    fixture& with, request_head head, std::vector<std::string> parts, bool close, seen& out
) {
    auto const written = co_await with.stream.write_head(head, "", true);
    REQUIRE(written == errc::ok);
    CHECK(with.stream.has_sent());
    for (auto const& part : parts) {
        with.upstream().send(part);
    }
    if (close) {
        with.upstream().shutdown_send();
    }
    const response_head* answer = nullptr;
    out.head_error = co_await with.stream.read_head(answer, no_deadline);
    if (out.head_error != errc::ok) {
        out.reusable = with.stream.is_reusable();
        co_return;
    }
    out.status = answer->status;
    auto part = with.stream.buffered_body();
    while (true) {
        out.body.append(part.bytes.data(), part.bytes.size());
        if (part.last || part.error != errc::ok) {
            break;
        }
        part = co_await with.stream.read_body(65'536, no_deadline);
    }
    out.body_error = part.error;
    out.complete = part.last;
    out.reusable = with.stream.is_reusable();
}

seen exchange(std::string_view answer, bool close = false, request_head head = request("GET")) {
    fixture with;
    seen out;
    with.run(exchange_parts(with, head, {std::string{answer}}, close, out));
    return out;
}

}  // namespace

TEST_CASE("an answer with a length ends where it says", "[http][client_stream]") {
    auto const got = exchange("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");

    CHECK(got.status == 200);
    CHECK(got.body == "hello");
    CHECK(got.complete);
    CHECK(got.reusable);
}

TEST_CASE("a chunked answer is decoded", "[http][client_stream]") {
    auto const got = exchange(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\n\r\n"
    );

    CHECK(got.body == "abcde");
    CHECK(got.complete);
    CHECK(got.reusable);
}

TEST_CASE("an answer until close ends with the connection", "[http][client_stream]") {
    auto const got = exchange("HTTP/1.1 200 OK\r\n\r\nhello", true);

    CHECK(got.body == "hello");
    CHECK(got.complete);
    CHECK(got.body_error == errc::ok);
    CHECK_FALSE(got.reusable);
}

TEST_CASE("an answer that is cut is never complete", "[http][client_stream]") {
    for (auto const* answer :
         {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
          "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhell",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n"}) {
        auto const got = exchange(answer, true);
        CAPTURE(answer);
        CHECK(got.status == 200);
        CHECK_FALSE(got.complete);
        CHECK(got.body_error == errc::upstream_cut);
        CHECK_FALSE(got.reusable);
    }
}

TEST_CASE("a broken body is told as a bad answer", "[http][client_stream]") {
    for (auto const* body :
         {"x\r\n",
          "5\nhello\r\n0\r\n\r\n",
          "1\r\nab\r\n0\r\n\r\n",
          "0\r\nA : b\r\n\r\n",
          "-1\r\n",
          "0\r\nA: b\n\r\n"}) {
        auto const got = exchange("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"s + body);
        CAPTURE(body);
        CHECK(got.body_error == errc::upstream_bad_response);
        CHECK_FALSE(got.complete);
        CHECK_FALSE(got.reusable);
    }
}

TEST_CASE("a head that cannot be read in one way is a bad answer", "[http][client_stream]") {
    auto const got = exchange("HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello");

    CHECK(got.head_error == errc::upstream_bad_response);
    CHECK_FALSE(got.reusable);
}

TEST_CASE("an upstream that closes instead of answering is told apart", "[http][client_stream]") {
    CHECK(exchange("", true).head_error == errc::upstream_closed);
    CHECK(exchange("HTTP/1.1 200 OK\r\nA: b\r\n", true).head_error == errc::upstream_cut);
    CHECK_FALSE(exchange("", true).reusable);
}

TEST_CASE("bytes behind an answer spoil the connection", "[http][client_stream]") {
    for (auto const* answer :
         {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi!",
          "HTTP/1.1 204 -\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n\r\n"}) {
        auto const got = exchange(answer);
        CAPTURE(answer);
        CHECK(got.complete);
        CHECK_FALSE(got.reusable);
    }
}

TEST_CASE("an upstream that says close is not asked again", "[http][client_stream]") {
    auto const got = exchange("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

    CHECK(got.complete);
    CHECK_FALSE(got.reusable);
}

TEST_CASE("answers to HEAD have no body whatever they announce", "[http][client_stream]") {
    auto const got =
        exchange("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", false, request("HEAD"));

    CHECK(got.complete);
    CHECK(got.body.empty());
    CHECK(got.reusable);
}

TEST_CASE("an answer may arrive in any parts", "[http][client_stream]") {
    auto const text =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nDigest: x\r\n\r\n"s;
    for (std::size_t cut = 1; cut < text.size(); ++cut) {
        fixture with;
        seen out;
        with.run(exchange_parts(
            with, request("GET"), {text.substr(0, cut), text.substr(cut)}, false, out
        ));
        CHECK(out.body == "abc");
        CHECK(out.reusable);
        CHECK(with.stream.trailers().size() == 1);
    }
}

namespace {

task<void> answer_arrives_slowly(fixture& with) {
    auto const text = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"s;
    (void)co_await with.stream.write_head(request("GET"), "", true);
    const response_head* answer = nullptr;
    auto reading = with.stream.read_head(answer, no_deadline);
    for (char const c : text) {
        CHECK_FALSE(reading.await_ready());
        with.upstream().send({&c, 1});
        next_round later{with.loop};
        co_await later;
    }
    auto const error = co_await reading;
    CHECK(error == errc::ok);
    CHECK(answer->body.bytes == 3);
}

task<void> interim_answers(fixture& with) {
    (void)co_await with.stream.write_head(request("POST", {kind::known, 2}), "", false);
    with.upstream().send(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\n"
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\ny"
    );
    const response_head* answer = nullptr;
    for (int const status : {100, 103, 200}) {
        auto const error = co_await with.stream.read_head(answer, no_deadline);
        REQUIRE(error == errc::ok);
        CHECK(answer->status == status);
        if (status != 200) {
            next_round later{with.loop};
            co_await later;
        }
    }
    auto const body = with.stream.buffered_body();
    CHECK(body.last);
    CHECK(body.bytes.size() == 1);
    // The request was not complete when its answer was.
    CHECK_FALSE(with.stream.is_reusable());
    (void)co_await with.stream.write_body("ab", true, no_trailers);
    CHECK(with.stream.is_reusable());
}

task<void> chunked_request(fixture& with) {
    (void)co_await with.stream.write_head(request("POST", {kind::unknown}), "ab", false);
    (void)co_await with.stream.write_body("c", false, no_trailers);
    std::vector<millrace::field> const trailers{{"Digest", "x"}};
    (void)co_await with.stream.write_body("", true, trailers);
    CHECK(
        with.upstream().receive() ==
        "POST / HTTP/1.1\r\nHost: up\r\nTransfer-Encoding: chunked\r\n\r\n"
        "2\r\nab\r\n1\r\nc\r\n0\r\nDigest: x\r\n\r\n"
    );
}

task<void> plain_request(fixture& with) {
    CHECK_FALSE(with.stream.has_sent());
    (void)co_await with.stream.write_head(request("POST", {kind::known, 3}), "ab", false);
    (void)co_await with.stream.write_body("c", true, no_trailers);
    CHECK(
        with.upstream().receive() == "POST / HTTP/1.1\r\nHost: up\r\nContent-Length: 3\r\n\r\nabc"
    );
    CHECK(with.stream.has_sent());
}

task<void> times_out(fixture& with) {
    (void)co_await with.stream.write_head(request("GET"), "", true);
    const response_head* answer = nullptr;
    auto const none = co_await with.stream.read_head(answer, with.loop.now() + 1ms);
    CHECK(none == errc::upstream_first_byte_timed_out);

    with.upstream().send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n");
    auto const late = co_await with.stream.read_head(answer, no_deadline);
    REQUIRE(late == errc::ok);
    (void)with.stream.buffered_body();
    auto const part = co_await with.stream.read_body(100, with.loop.now() + 1ms);
    CHECK(part.error == errc::upstream_stalled);
}

task<void> is_cancelled(fixture& with) {
    (void)co_await with.stream.write_head(request("GET"), "", true);
    const response_head* answer = nullptr;
    auto reading = with.stream.read_head(answer, no_deadline);
    with.stream.cancel(errc::downstream_gone);
    auto const error = co_await reading;
    CHECK(error == errc::downstream_gone);
    CHECK_FALSE(with.stream.is_reusable());
}

task<void> announces_its_idle_time(fixture& with) {
    (void)co_await with.stream.write_head(request("GET"), "", true);
    with.upstream().send("HTTP/1.1 204 -\r\nKeep-Alive: timeout=9, max=3\r\n\r\n");
    const response_head* answer = nullptr;
    (void)co_await with.stream.read_head(answer, no_deadline);
    CHECK(with.stream.announced_idle_timeout() == 9s);
}

}  // namespace

TEST_CASE("an answer's head may arrive byte by byte", "[http][client_stream]") {
    fixture with;
    with.run(answer_arrives_slowly(with));
}

TEST_CASE("interim answers come one by one before the final one", "[http][client_stream]") {
    fixture with;
    with.run(interim_answers(with));
}

TEST_CASE("a request of unknown length is chunked", "[http][client_stream]") {
    fixture with;
    with.run(chunked_request(with));
}

TEST_CASE("a request of known length is sent as it is", "[http][client_stream]") {
    fixture with;
    with.run(plain_request(with));
}

TEST_CASE("each wait for an upstream has its own timeout", "[http][client_stream]") {
    fixture with;
    with.run(times_out(with));
}

TEST_CASE("a cancelled read says why", "[http][client_stream]") {
    fixture with;
    with.run(is_cancelled(with));
}

TEST_CASE("the announced idle time is passed to the pool", "[http][client_stream]") {
    fixture with;
    with.run(announces_its_idle_time(with));
}

namespace {

task<void> upgrade(fixture& with, std::string_view asked, std::string_view answer_text, errc& out) {
    auto head = request("GET");
    head.upgrade = asked;
    (void)co_await with.stream.write_head(head, "", true);
    with.upstream().send(answer_text);
    const response_head* answer = nullptr;
    out = co_await with.stream.read_head(answer, no_deadline);
    CHECK_FALSE(with.stream.is_reusable());
}

errc upgraded(std::string_view asked, std::string_view fields) {
    fixture with;
    errc out = errc::internal;
    auto const text = "HTTP/1.1 101 -\r\n" + std::string{fields} + "\r\n";
    with.run(upgrade(with, asked, text, out));
    return out;
}

task<void> tunnels(fixture& with) {
    errc switched = errc::internal;
    co_await upgrade(
        with,
        "websocket",
        "HTTP/1.1 101 -\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n\r\nearly",
        switched
    );
    REQUIRE(switched == errc::ok);
    (void)with.upstream().receive();
    auto const early = with.stream.buffered_body();
    CHECK(std::string(early.bytes.data(), early.bytes.size()) == "early");

    (void)co_await with.stream.write_body("raw", false, no_trailers);
    CHECK(with.upstream().receive() == "raw");
    (void)co_await with.stream.write_body("", true, no_trailers);
    CHECK(with.upstream().sees_end());

    with.upstream().shutdown_send();
    auto const end = co_await with.stream.read_body(100, no_deadline);
    CHECK(end.last);
    CHECK(end.error == errc::ok);
    CHECK_FALSE(with.stream.is_reusable());
}

}  // namespace

TEST_CASE("a 101 is good only for the protocol that was asked for", "[http][client_stream]") {
    constexpr auto websocket = "Connection: upgrade\r\nUpgrade: websocket\r\n";

    CHECK(upgraded("websocket", websocket) == errc::ok);
    CHECK(upgraded("WebSocket", websocket) == errc::ok);
    CHECK(upgraded("", websocket) == errc::upstream_bad_response);
    CHECK(upgraded("other", websocket) == errc::upstream_bad_response);
    CHECK(upgraded("websocket", "") == errc::upstream_bad_response);
    CHECK(upgraded("websocket", "Upgrade: websocket\r\n") == errc::upstream_bad_response);
}

TEST_CASE("after a 101 the upstream's side is raw bytes", "[http][client_stream]") {
    fixture with;
    with.run(tunnels(with));
}
