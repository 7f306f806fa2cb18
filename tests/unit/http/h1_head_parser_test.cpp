// Requests; limits and trailers are in h1_head_limits.cpp, answers in h1_response_heads.cpp, the
// comparison with another parser in h1_heads_against_beast.cpp.
#include "proxy/http/h1_head_parser.hpp"

#include "heads.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace millrace::http;  // NOLINT(google-build-using-namespace): every line here needs it
using millrace::errc;
using millrace::field_id;
using namespace std::string_literals;
using kind = enum body_length::kind;

namespace {

/// Fails with `why`, and no prefix of it is taken for a request.
void check_refused(std::string_view text, errc why) {
    CAPTURE(std::string{text.substr(0, 300)});
    parsed_request got;
    parse_into(got, text);
    CHECK(got.outcome.state == head_state::failed);
    CHECK(got.outcome.error == why);
    bool failed = false;
    for (std::size_t bytes = 0; bytes < text.size(); ++bytes) {
        parse_into(got, text.substr(0, bytes));
        if (got.outcome.state == head_state::complete) {
            FAIL_CHECK("complete after " << bytes << " bytes");
        }
        if (failed && got.outcome.state != head_state::failed) {
            FAIL_CHECK("forgotten after " << bytes << " bytes");
        }
        failed = got.outcome.state == head_state::failed;
    }
}

/// Is complete with its last byte and not before.
void check_accepted(std::string_view text, parsed_request& got) {
    CAPTURE(std::string{text.substr(0, 300)});
    for (std::size_t bytes = 0; bytes < text.size(); ++bytes) {
        parse_into(got, text.substr(0, bytes));
        if (got.outcome.state != head_state::need_more) {
            FAIL_CHECK(got.outcome.state << " after " << bytes << " bytes");
        }
    }
    parse_into(got, std::string{text} + "body or next request");
    CHECK(got.outcome.state == head_state::complete);
    CHECK(got.outcome.error == errc::ok);
    CHECK(got.outcome.consumed == text.size());
}

void check_accepted(std::string_view text) {
    parsed_request got;
    check_accepted(text, got);
}

void check_field_refused(std::string_view field, errc why = errc::bad_field) {
    check_refused(get_with(field), why);
    check_refused(get_with("A: b\r\n" + std::string{field} + "C: d\r\n"), why);
}

}  // namespace

TEST_CASE("a request's head is taken apart", "[http][h1]") {
    parsed_request got;

    check_accepted(
        "GET /a/b?c=d HTTP/1.1\r\nHost: x.test:81\r\nAccept: */*\r\nb: \t c d \r\n\r\n", got
    );

    CHECK(got.head.method == method::get);
    CHECK(got.head.method_name == "GET");
    CHECK(got.head.target == "/a/b?c=d");
    CHECK(got.head.path == "/a/b");
    CHECK(got.head.query == "c=d");
    CHECK(got.head.has_query);
    CHECK(got.head.authority == "x.test:81");
    CHECK_FALSE(got.head.is_http10);
    CHECK(got.head.body.kind == kind::none);
    CHECK(got.head.upgrade.empty());
    CHECK(got.keep_alive);
    REQUIRE(got.head.fields.size() == 2);
    CHECK(got.head.fields[0].name == "Accept");
    CHECK(got.head.fields[1].value == "c d");
}

TEST_CASE("nothing of the last head is left in the next one", "[http][h1]") {
    parsed_request got;
    parse_into(
        got,
        "POST /a?b HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n"
        "TE: trailers\r\nX: y\r\n\r\n"
    );
    REQUIRE(got.outcome.state == head_state::complete);
    REQUIRE(got.head.expects_continue);

    parse_into(got, "GET / HTTP/1.0\r\n\r\n");

    REQUIRE(got.outcome.state == head_state::complete);
    CHECK(got.head.fields.empty());
    CHECK(got.head.authority.empty());
    CHECK_FALSE(got.head.expects_continue);
    CHECK_FALSE(got.head.accepts_trailers);
    CHECK_FALSE(got.head.has_query);
    CHECK(got.head.body.kind == kind::none);
    CHECK_FALSE(got.keep_alive);
}

TEST_CASE("token methods pass, known or not, but CONNECT and TRACE", "[http][h1]") {
    for (auto const* name : {"GET", "PROPFIND", "get", "X", "M-SEARCH", "!#$%&'*+-.^_`|~"}) {
        check_accepted(line_with(name + " / HTTP/1.1"s));
    }
    check_refused(line_with("TRACE / HTTP/1.1"), errc::unsupported_method);
    check_refused("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", errc::unsupported_method);
    for (auto const* name : {"", "G ET", "G\tET", "GET\x01", "G(T", "GET:", "G\x80T", "\"GET\""}) {
        CAPTURE(name);
        parsed_request got;
        parse_into(got, line_with(name + " / HTTP/1.1"s));
        CHECK(got.outcome.state == head_state::failed);
    }
}

TEST_CASE("a request line is three parts, one blank between them", "[http][h1]") {
    for (auto const* line :
         {"GET  / HTTP/1.1",
          "GET\t/ HTTP/1.1",
          " GET / HTTP/1.1",
          "GET /  HTTP/1.1",
          "GET / HTTP/1.1 ",
          "GET / HTTP/1.1 x",
          "GET /",
          "GET",
          "GET ",
          "GET HTTP/1.1",
          "/ HTTP/1.1",
          "GET / http/1.1",
          "GET / HTP/1.1",
          "GET / HTTP/1.x",
          "GET / HTTP/1.",
          "GET / HTTPS/1.1",
          "GET / HTTP 1.1",
          "GET / HTTP/1.1x"}) {
        check_refused(line_with(line), errc::bad_request_line);
    }
}

TEST_CASE("the only versions are 1.0 and 1.1", "[http][h1]") {
    check_accepted(line_with("GET / HTTP/1.1"));
    check_accepted(line_with("GET / HTTP/1.0"));
    check_refused(line_with("GET / HTTP/1.2"), errc::unsupported_version);
    check_refused(line_with("GET / HTTP/1.9"), errc::unsupported_version);
    check_refused(line_with("GET / HTTP/2.0"), errc::unsupported_version);
    check_refused(line_with("GET / HTTP/0.9"), errc::unsupported_version);
    check_refused(line_with("GET / HTTP/01.1"), errc::unsupported_version);
    for (auto const* version :
         {"HTTP/1.10", "HTTP/1.11", "HTTP/1.01", "HTTP/1.1.1", "HTTP/11", "HTTP/1,1"}) {
        CAPTURE(version);
        parsed_request got;
        parse_into(got, line_with("GET / "s + version));
        CHECK(got.outcome.state == head_state::failed);
    }
    parsed_request preface;
    parse_into(preface, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    CHECK(preface.outcome.error == errc::unsupported_version);
}

TEST_CASE("one empty line before a request is skipped", "[http][h1]") {
    check_accepted("\r\n" + get_with(""));
    check_refused("\r\n\r\n" + get_with(""), errc::bad_request_line);
    check_refused("\n" + get_with(""), errc::bad_line_ending);
    check_refused("\r\r\n" + get_with(""), errc::bad_request_line);
    check_refused(" \r\n" + get_with(""), errc::bad_request_line);
}

TEST_CASE("a bare CR or LF is refused anywhere in a head", "[http][h1]") {
    auto const good =
        "POST /p HTTP/1.1\r\nHost: a\r\nX-A: some value here\r\nContent-Length: 3\r\n\r\n"s;
    check_accepted(good);
    for (auto const* line_end : {"\n", "\r", "\r\r\n", "\n\r", "\n\n", "\r\r"}) {
        for (auto at = good.find("\r\n"); at != std::string::npos; at = good.find("\r\n", at + 2)) {
            auto text = good;
            text.replace(at, 2, line_end);
            CAPTURE(text);
            parsed_request got;
            parse_into(got, text + good);
            CHECK(got.outcome.state == head_state::failed);
        }
    }
    // Put in between: a line of its own for who takes it for a line end.
    for (char const c : {'\r', '\n', '\0'}) {
        for (std::size_t at = 0; at < good.size(); ++at) {
            if (at != 0 && (good[at] == '\n' || good.substr(at, 2) == "\r\n")) {
                continue;
            }
            auto text = good;
            text.insert(at, 1, c);
            CAPTURE(text, at);
            parsed_request got;
            parse_into(got, text);
            CHECK(got.outcome.state == head_state::failed);
        }
    }
}

TEST_CASE("targets of every form are understood", "[http][h1]") {
    struct form {
        std::string_view line, target, path, query, authority;
        bool has_query = false;
    };

    for (auto const& expected :
         {form{"GET / HTTP/1.1", "/", "/", "", "example.com"},
          form{"GET /? HTTP/1.1", "/?", "/", "", "example.com", true},
          form{"GET /a?b?c=/d HTTP/1.1", "/a?b?c=/d", "/a", "b?c=/d", "example.com", true},
          form{"GET //a//b HTTP/1.1", "//a//b", "//a//b", "", "example.com"},
          form{
              "GET /%2e%2F%00|{}\"<>^` HTTP/1.1",
              "/%2e%2F%00|{}\"<>^`",
              "/%2e%2F%00|{}\"<>^`",
              "",
              "example.com"},
          form{"GET /http://b/ HTTP/1.1", "/http://b/", "/http://b/", "", "example.com"},
          form{"OPTIONS * HTTP/1.1", "*", "*", "", "example.com"},
          form{"GET http://b.test/x?y HTTP/1.1", "/x?y", "/x", "y", "b.test", true},
          form{"GET HTTPS://b.test:8443/ HTTP/1.1", "/", "/", "", "b.test:8443"},
          form{"GET http://b.test HTTP/1.1", "/", "/", "", "b.test"},
          form{"GET http://[::1]:80/p HTTP/1.1", "/p", "/p", "", "[::1]:80"},
          form{"GET http://b.test/u@v HTTP/1.1", "/u@v", "/u@v", "", "b.test"}}) {
        parsed_request got;
        check_accepted(line_with(expected.line), got);
        CAPTURE(expected.line);
        CHECK(got.head.target == expected.target);
        CHECK(got.head.path == expected.path);
        CHECK(got.head.query == expected.query);
        CHECK(got.head.has_query == expected.has_query);
        CHECK(got.head.authority == expected.authority);
    }
}

TEST_CASE("targets that readers could take in two ways are refused", "[http][h1]") {
    for (auto const* target :
         {"/a#b",
          "/#",
          "/a\\b",
          "\\a",
          "/a\x01",
          "/a\x7f",
          "/a\x80",
          "/\xc3\xa4",
          "/a\tb",
          "a",
          "a/b",
          "?a",
          "*",
          "**",
          "*/",
          "ftp://a/",
          "http:/a",
          "http:a",
          "http//a/",
          "//",
          "http://",
          "http:///a",
          "http://user@a/",
          "http://u:p@a/",
          "http://a:99999/",
          "http://a b/",
          "http://a,b/",
          "http://a#b",
          "http://[::1/",
          "http://a:8o/",
          "httpx://a/",
          "://a/",
          "example.com:80",
          "example.com"}) {
        if (std::string_view{target} == "//") {
            continue;  // a path with an empty segment
        }
        CAPTURE(target);
        parsed_request got;
        parse_into(got, line_with("GET "s + target + " HTTP/1.1"));
        CHECK(got.outcome.state == head_state::failed);
    }
    check_refused(line_with("POST * HTTP/1.1"), errc::bad_target);
    check_refused(line_with("GET /a#b HTTP/1.1"), errc::bad_target);
}

TEST_CASE("an absolute target still needs a valid Host", "[http][h1]") {
    check_refused("GET http://a/ HTTP/1.1\r\n\r\n", errc::bad_host);
    check_refused("GET http://a/ HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", errc::bad_host);
    check_refused("GET http://a/ HTTP/1.1\r\nHost: a@b\r\n\r\n", errc::bad_host);
}

TEST_CASE("HTTP/1.1 needs exactly one valid Host", "[http][h1]") {
    for (auto const* host :
         {"a", "A.example", "a:0", "a:65535", "127.0.0.1:80", "[::1]", "[::1]:8080"}) {
        check_accepted("GET / HTTP/1.1\r\nhOsT: "s + host + " \r\n\r\n");
    }
    check_refused("GET / HTTP/1.1\r\n\r\n", errc::bad_host);
    check_refused("GET / HTTP/1.1\r\nA: b\r\n\r\n", errc::bad_host);
    check_refused("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", errc::bad_host);
    check_refused("GET / HTTP/1.1\r\nHost: a\r\nX: y\r\nhost: b\r\n\r\n", errc::bad_host);
    for (auto const* host : {"",         "a,b",   "a, a", "a b",  "u@a", "a:65536",  "a:-1",
                             "a:x",      "a:1:2", "a/b",  "a?b",  "a#b", "http://a", "a\x80",
                             "\xc3\xa4", "[::1",  "::1",  "a\\b", ":80", "a\tb"}) {
        check_refused("GET / HTTP/1.1\r\nHost: "s + host + "\r\n\r\n", errc::bad_host);
    }
}

TEST_CASE("HTTP/1.0 may do without Host but not have two", "[http][h1]") {
    parsed_request got;

    check_accepted("GET / HTTP/1.0\r\n\r\n", got);

    CHECK(got.head.is_http10);
    CHECK(got.head.authority.empty());
    check_refused("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", errc::bad_host);
    check_refused("GET / HTTP/1.0\r\nHost: a b\r\n\r\n", errc::bad_host);
}

TEST_CASE("a field's name stands directly before its colon", "[http][h1]") {
    for (auto const* line :
         {"X : y",
          "X\t: y",
          " X: y",
          "\tX: y",
          ": y",
          "X y",
          "X",
          "X y: z",
          "X\x80: y",
          "X\x01: y",
          "(X): y",
          "X/Y: z",
          "\"X\": y",
          "X=Y: z",
          "X@Y: z",
          "X,Y: z",
          "{X}: y",
          "[X]: y"}) {
        check_field_refused(line + "\r\n"s);
    }
    check_field_refused("X\0Y: z\r\n"s);
    check_accepted(get_with("!#$%&'*+-.^_`|~09azAZ: x\r\n"));
}

TEST_CASE("a value holds no controls but tabs", "[http][h1]") {
    for (int c = 0; c < 256; ++c) {
        auto const line = "X: a"s + static_cast<char>(c) + "b\r\n";
        if ((c < 0x20 && c != '\t') || c == 0x7f) {
            check_field_refused(
                line, c == '\r' || c == '\n' ? errc::bad_line_ending : errc::bad_field
            );
        } else {
            check_accepted(get_with(line));
        }
    }
}

TEST_CASE("folded lines are refused", "[http][h1]") {
    check_field_refused("X: a\r\n b\r\n");
    check_field_refused("X: a\r\n\tb\r\n");
    check_field_refused("X: a\r\n \r\n");
    check_refused("GET / HTTP/1.1\r\n Host: a\r\n\r\n", errc::bad_field);
    check_refused("GET / HTTP/1.1\r\n \r\nHost: a\r\n\r\n", errc::bad_field);
}

TEST_CASE("the length of a body is told in one way", "[http][h1]") {
    parsed_request got;

    check_accepted(get_with("Content-Length: 5\r\n"), got);
    CHECK(got.head.body.kind == kind::known);
    CHECK(got.head.body.bytes == 5);

    check_accepted(get_with("Content-Length: 0\r\n"), got);
    CHECK(got.head.body.kind == kind::known);
    CHECK(got.head.body.empty());

    check_accepted(get_with("transfer-encoding: Chunked\r\n"), got);
    CHECK(got.head.body.kind == kind::unknown);

    check_accepted(get_with(""), got);
    CHECK(got.head.body.kind == kind::none);
}

TEST_CASE("a Content-Length that is not digits once is refused", "[http][h1]") {
    for (auto const* value :
         {"",
          "5, 5",
          "5,5",
          "+5",
          "-5",
          "-0",
          "0x5",
          "5a",
          "5 5",
          "5.0",
          "1e3",
          "\"5\"",
          "9223372036854775808",
          "18446744073709551616",
          "99999999999999999999999",
          "\x80"}) {
        check_refused(get_with("Content-Length: "s + value + "\r\n"), errc::bad_content_length);
    }
    check_refused(get_with("Content-Length: 5\r\nContent-Length: 5\r\n"), errc::bad_content_length);
    check_refused(
        get_with("Content-Length: 5\r\nX: y\r\ncontent-length: 6\r\n"), errc::bad_content_length
    );
}

TEST_CASE("a Transfer-Encoding that is not one chunked is refused", "[http][h1]") {
    for (auto const* value :
         {"",
          "identity",
          "gzip",
          "gzip, chunked",
          "chunked, gzip",
          "chunked, chunked",
          "chunked,",
          ", chunked",
          "chunked;a=b",
          "xchunked",
          "chunked x",
          "\"chunked\"",
          "chunked\x80"}) {
        check_refused(
            get_with("Transfer-Encoding: "s + value + "\r\n"), errc::bad_transfer_encoding
        );
    }
    check_refused(
        get_with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
        errc::bad_transfer_encoding
    );
    check_field_refused("Transfer-Encoding : chunked\r\n");
    check_field_refused(
        "Transfer-Encoding: \x0b"
        "chunked\r\n"
    );
    check_field_refused("Transfer-Encoding:\r\n chunked\r\n");
}

TEST_CASE("both lengths together are refused, and chunked in HTTP/1.0", "[http][h1]") {
    check_refused(
        get_with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), errc::bad_framing
    );
    check_refused(
        get_with("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n"), errc::bad_framing
    );
    check_refused(get_with("Transfer-Encoding: x\r\nContent-Length: x\r\n"), errc::bad_framing);
    check_refused(
        "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", errc::bad_framing
    );
}

TEST_CASE("names that only look like framing stay ordinary fields", "[http][h1]") {
    parsed_request got;

    check_accepted(get_with("Content_Length: 5\r\nTransfer-Encodin: chunked\r\n"), got);

    CHECK(got.head.body.kind == kind::none);
    CHECK(got.head.fields.size() == 2);
}

TEST_CASE("Connection says whether the connection stays", "[http][h1]") {
    auto const stays = [](std::string_view version, std::string_view connection) {
        parsed_request got;
        parse_into(
            got,
            "GET / " + std::string{version} + "\r\nHost: a\r\n" + std::string{connection} + "\r\n"
        );
        REQUIRE(got.outcome.state == head_state::complete);
        return got.keep_alive;
    };

    CHECK(stays("HTTP/1.1", ""));
    CHECK(stays("HTTP/1.1", "Connection: x, keep-alive\r\n"));
    CHECK_FALSE(stays("HTTP/1.1", "Connection: CLOSE\r\n"));
    CHECK_FALSE(stays("HTTP/1.1", "Connection: keep-alive\r\nConnection: x,close\r\n"));
    CHECK_FALSE(stays("HTTP/1.0", ""));
    CHECK(stays("HTTP/1.0", "Connection: Keep-Alive\r\n"));
    CHECK_FALSE(stays("HTTP/1.0", "Connection: keep-alive, close\r\n"));
}

TEST_CASE("what belongs to the connection is not passed on", "[http][h1]") {
    parsed_request got;

    check_accepted(
        get_with(
            "X-Hop: 1\r\nConnection: x-hop, X-Other, authorization\r\nKeep-Alive: timeout=5\r\n"
            "Proxy-Connection: keep-alive\r\nTE: trailers\r\nTrailer: x\r\nUpgrade: h2c\r\n"
            "Authorization: kept\r\nX-Other: 2\r\nX-End: kept\r\n"
        ),
        got
    );

    REQUIRE(got.head.fields.size() == 2);
    CHECK(got.head.fields[0].id == field_id::authorization);
    CHECK(got.head.fields[1].name == "X-End");
    CHECK(got.head.accepts_trailers);
    // Without "Connection: upgrade" it is no offer.
    CHECK(got.head.upgrade.empty());
}

TEST_CASE("an upgrade is asked for with Connection, in 1.1, without a body", "[http][h1]") {
    constexpr auto offer = "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n";
    parsed_request got;

    check_accepted(get_with(offer), got);
    CHECK(got.head.upgrade == "websocket");

    check_accepted(get_with(offer + "Content-Length: 0\r\n"s), got);
    CHECK(got.head.upgrade == "websocket");

    check_accepted(get_with(offer + "Content-Length: 1\r\n"s), got);
    CHECK(got.head.upgrade.empty());

    check_accepted(get_with(offer + "Transfer-Encoding: chunked\r\n"s), got);
    CHECK(got.head.upgrade.empty());

    check_accepted("GET / HTTP/1.0\r\nHost: a\r\n"s + offer + "\r\n", got);
    CHECK(got.head.upgrade.empty());
}

TEST_CASE("the only expectation is 100-continue", "[http][h1]") {
    constexpr auto body = "Content-Length: 1\r\n";
    parsed_request got;

    check_accepted(get_with(body + "Expect: 100-Continue\r\n"s), got);
    CHECK(got.head.expects_continue);

    check_accepted(get_with("Expect: 100-continue\r\n"), got);
    CHECK_FALSE(got.head.expects_continue);

    for (auto const* other : {"x", "100", "100-continue, x", "100-continue;a=b", "200-ok"}) {
        check_refused(get_with(body + "Expect: "s + other + "\r\n"), errc::bad_expectation);
    }
    check_refused(get_with("Expect: 100-continue\r\nExpect: x\r\n"), errc::bad_expectation);

    check_accepted("POST / HTTP/1.0\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n", got);
    CHECK_FALSE(got.head.expects_continue);
    check_accepted("POST / HTTP/1.0\r\nContent-Length: 1\r\nExpect: x\r\n\r\n", got);
}
