#include "proxy/http/h1_fields.hpp"

#include <catch2/catch.hpp>

#include <string>

using millrace::errc;
using millrace::field;
using millrace::field_id;
using namespace millrace::http::detail;  // NOLINT(google-build-using-namespace): as above

namespace {

struct section {
    fields_outcome outcome;
    std::vector<field> fields;
    message_facts facts;
    std::size_t left = 0;
};

section parse(std::string_view text, std::size_t fields_max = 10) {
    section parsed;
    cursor from{text.data(), text.data() + text.size()};
    parsed.outcome = parse_fields(from, fields_max, parsed.fields, parsed.facts);
    parsed.left = from.left();
    return parsed;
}

std::string names_of(const section& parsed) {
    std::string names;
    for (auto const& field : parsed.fields) {
        names += std::string{field.name} + ' ';
    }
    return names;
}

line_state skip(std::string_view text) {
    cursor from{text.data(), text.data() + text.size()};
    return skip_line_end(from);
}

}  // namespace

TEST_CASE("a line ends with CR LF", "[http][h1]") {
    CHECK(skip("\r\n") == line_state::complete);
    CHECK(skip("\r\nx") == line_state::complete);
    CHECK(skip("") == line_state::need_more);
    CHECK(skip("\r") == line_state::need_more);
    CHECK(skip("\n") == line_state::failed);
    CHECK(skip("\r\r") == line_state::failed);
    CHECK(skip("\n\r") == line_state::failed);
    CHECK(skip("x") == line_state::failed);
    CHECK(skip("xy") == line_state::failed);
}

TEST_CASE("a field section ends with an empty line", "[http][h1]") {
    auto const parsed = parse("A: 1\r\nb:2\r\n\r\nrest");

    REQUIRE(parsed.outcome.state == line_state::complete);
    CHECK(parsed.left == 4);
    REQUIRE(parsed.fields.size() == 2);
    CHECK(parsed.fields[0].name == "A");
    CHECK(parsed.fields[0].value == "1");
    CHECK(parsed.fields[1].name == "b");
    CHECK(parsed.fields[1].value == "2");
    CHECK(parse("\r\n").outcome.state == line_state::complete);
}

TEST_CASE("optional white space is not part of a value", "[http][h1]") {
    auto const parsed = parse("A: \t 1 \t 2\t \r\nB:\r\nC: \t \r\nD: \x80\xff\r\n\r\n");

    REQUIRE(parsed.outcome.state == line_state::complete);
    CHECK(parsed.fields[0].value == "1 \t 2");
    CHECK(parsed.fields[1].value.empty());
    CHECK(parsed.fields[2].value.empty());
    CHECK(parsed.fields[3].value == "\x80\xff");
}

TEST_CASE("a cut section needs more, never less", "[http][h1]") {
    std::string_view const whole = "Accept: x\r\nB: \r\nConnection: b\r\n\r\n";
    for (std::size_t bytes = 0; bytes < whole.size(); ++bytes) {
        CAPTURE(bytes);
        CHECK(parse(whole.substr(0, bytes)).outcome.state == line_state::need_more);
    }
}

TEST_CASE("as many fields as the limit says pass, one more does not", "[http][h1]") {
    std::string const three = "A:\r\nB:\r\nC:\r\n\r\n";

    CHECK(parse(three, 3).outcome.state == line_state::complete);
    CHECK(parse(three, 2).outcome.state == line_state::failed);
    CHECK(parse(three, 2).outcome.error == errc::too_many_fields);
    // Fields that are taken out count as well.
    CHECK(parse("Host: a\r\nHost: a\r\nHost: a\r\n\r\n", 2).outcome.error == errc::too_many_fields);
}

TEST_CASE("fields about the message become facts", "[http][h1]") {
    auto const parsed = parse(
        "Host: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nTE: trailers, gzip\r\n"
        "Expect: 100-Continue\r\nUpgrade: websocket\r\nConnection: Upgrade, TE , ,close\r\n"
        "Keep-Alive: max=5, Timeout=7\r\n\r\n"
    );

    REQUIRE(parsed.outcome.state == line_state::complete);
    CHECK(parsed.fields.empty());
    auto const& facts = parsed.facts;
    CHECK(facts.host == "a");
    CHECK(facts.host_count == 1);
    CHECK(facts.content_length == "5");
    CHECK(facts.content_length_count == 1);
    CHECK(facts.transfer_encoding == "chunked");
    CHECK(facts.accepts_trailers);
    CHECK(facts.expects_continue);
    CHECK_FALSE(facts.expects_other);
    CHECK(facts.upgrade == "websocket");
    CHECK(facts.says_upgrade);
    CHECK(facts.says_close);
    CHECK_FALSE(facts.says_keep_alive);
    CHECK_FALSE(facts.lists_fields);
    CHECK(facts.idle_timeout == std::chrono::seconds{7});
}

TEST_CASE("a Keep-Alive timeout that is no number says nothing", "[http][h1]") {
    CHECK_FALSE(parse("Keep-Alive: timeout=\r\n\r\n").facts.idle_timeout);
    CHECK_FALSE(parse("Keep-Alive: timeout=-1\r\n\r\n").facts.idle_timeout);
    CHECK_FALSE(parse("Keep-Alive: timeout=5s\r\n\r\n").facts.idle_timeout);
    CHECK(
        parse("Keep-Alive: timeout=99999999999\r\n\r\n").facts.idle_timeout ==
        std::chrono::seconds{86'400}
    );
}

TEST_CASE("fields that Connection lists are dropped, wherever they stand", "[http][h1]") {
    auto const parsed = parse(
        "X-One: 1\r\nConnection: x-one, close\r\nX-Two: 2\r\nx-three: 3\r\n"
        "Connection: X-THREE\r\nX-One: again\r\n\r\n"
    );

    CHECK(parsed.outcome.state == line_state::complete);
    CHECK(names_of(parsed) == "X-Two ");
    CHECK(parsed.facts.says_close);
}

TEST_CASE("Connection cannot drop host, framing and credentials", "[http][h1]") {
    auto const parsed = parse(
        "Host: a\r\nContent-Length: 3\r\nAuthorization: b\r\nCookie: c=d\r\n"
        "Connection: host, content-length, authorization, cookie\r\n\r\n"
    );

    CHECK(names_of(parsed) == "Authorization Cookie ");
    CHECK(parsed.facts.host == "a");
    CHECK(parsed.facts.content_length_count == 1);
}

TEST_CASE("hop-by-hop fields are dropped without being listed", "[http][h1]") {
    auto const parsed = parse(
        "Keep-Alive: timeout=5\r\nProxy-Connection: keep-alive\r\nTrailer: x\r\nTE: gzip\r\n"
        "HTTP2-Settings: x\r\nProxy-Authorization: x\r\nUpgrade: h2c\r\nX: y\r\n\r\n"
    );

    CHECK(names_of(parsed) == "X ");
}

TEST_CASE("a length is digits, once", "[http][h1]") {
    auto const length_of = [](std::string_view fields) {
        return plain_length(parse(std::string{fields} + "\r\n").facts);
    };

    CHECK(length_of("Content-Length: 0\r\n") == 0);
    CHECK(length_of("Content-Length: 007\r\n") == 7);
    CHECK(length_of("Content-Length: 9223372036854775807\r\n") == INT64_MAX);
    CHECK_FALSE(length_of("Content-Length: 9223372036854775808\r\n"));
    CHECK_FALSE(length_of("Content-Length: 18446744073709551621\r\n"));
    for (auto const* text : {"", "5,5", "5, 5", "+5", "-5", "0x5", "5 5", "5.", "5;", "\"5\""}) {
        CAPTURE(text);
        CHECK_FALSE(length_of("Content-Length: " + std::string{text} + "\r\n"));
    }
    CHECK_FALSE(length_of("Content-Length: 5\r\ncontent-length: 5\r\n"));
    CHECK_FALSE(length_of("A: b\r\n"));
}

TEST_CASE("the only coding is one chunked", "[http][h1]") {
    auto const is_chunked = [](std::string_view fields) {
        return is_plain_chunked(parse(std::string{fields} + "\r\n").facts);
    };

    CHECK(is_chunked("Transfer-Encoding: chunked\r\n"));
    CHECK(is_chunked("transfer-encoding:\tCHUNKED \r\n"));
    for (auto const* text :
         {"",
          "identity",
          "gzip",
          "gzip, chunked",
          "chunked, chunked",
          "chunked,",
          ",chunked",
          "chunked;q=1",
          "xchunked",
          "\"chunked\"",
          "chunk",
          "chunked\x80"}) {
        CAPTURE(text);
        CHECK_FALSE(is_chunked("Transfer-Encoding: " + std::string{text} + "\r\n"));
    }
    CHECK_FALSE(is_chunked("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"));
}
