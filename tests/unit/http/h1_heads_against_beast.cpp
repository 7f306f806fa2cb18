// Whatever our parser accepts, Boost.Beast must accept too and read in the same way: a second
// opinion that nobody of us wrote. Heads come from a seeded generator of mutations.
#include "proxy/base/ascii.hpp"
#include "proxy/base/random.hpp"

#include "heads.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <catch2/catch.hpp>

#include <array>
#include <limits>
#include <string>
#include <vector>

using namespace millrace::http;  // NOLINT(google-build-using-namespace): every line here needs it
using millrace::random_source;
namespace beast = boost::beast::http;

namespace {

constexpr int heads_per_kind = 60'000;

constexpr std::array<std::string_view, 5> request_seeds{
    "GET /path?query=1 HTTP/1.1\r\nHost: example.com\r\nAccept: */*\r\n\r\n",
    "POST /a HTTP/1.1\r\nHost: a:80\r\nContent-Length: 5\r\nX-A: b c\r\nExpect: "
    "100-continue\r\n\r\n",
    "PUT /b HTTP/1.1\r\nhost: [::1]:8080\r\nTransfer-Encoding: chunked\r\nTE: trailers\r\n\r\n",
    "OPTIONS * HTTP/1.0\r\nConnection: keep-alive, x-a\r\nX-A: y\r\nCookie: c=d\r\n\r\n",
    "GET http://a.test/x HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: "
    "websocket\r\n\r\n",
};

constexpr std::array<std::string_view, 4> response_seeds{
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nServer: x\r\nSet-Cookie: a=b\r\n\r\n",
    "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\nX-A: b c\r\n\r\n",
    "HTTP/1.0 503 Busy\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\nContent-Length: "
    "0\r\n\r\n",
    "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\nDate: today\r\n\r\n",
};

constexpr std::array<std::string_view, 22> pieces{
    "\r\n",
    "\r",
    "\n",
    " ",
    "\t",
    ":",
    ": ",
    ",",
    ";",
    "\x80",
    "\xff",
    "\x7f",
    "#",
    "\\",
    "@",
    "?",
    "0",
    "HTTP/1.1",
    "Content-Length: 5\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Host: b\r\n",
    "chunked",
};

std::size_t below(random_source& random, std::size_t bound) {
    return random.below(static_cast<std::uint32_t>(bound));
}

void mutate(std::string& text, random_source& random) {
    auto const at = below(random, text.size());
    switch (random.below(6)) {
        case 0:
            text[at] = static_cast<char>(random.below(256));
            break;
        case 1:
            text.erase(at, 1 + random.below(4));
            break;
        case 2:
            text.insert(at, pieces[below(random, pieces.size())]);
            break;
        case 3:
            text.insert(at, 1, static_cast<char>(random.below(256)));
            break;
        case 4: {  // a line twice
            auto const begin = text.rfind('\n', at);
            auto const end = text.find('\n', at);
            if (begin != std::string::npos && end != std::string::npos && begin < end) {
                text.insert(end, text.substr(begin, end - begin));
            }
            break;
        }
        default:
            std::swap(text[at], text[below(random, text.size())]);
            break;
    }
    if (text.empty()) {
        text = "x";
    }
}

template <class Seeds>
std::string next_head(const Seeds& seeds, random_source& random) {
    std::string text{seeds[below(random, seeds.size())]};
    for (auto left = random.below(4); left != 0; --left) {
        mutate(text, random);
    }
    return text;
}

/// Every field that we pass on is there, with the same value.
template <class Fields>
void check_fields(const std::vector<millrace::field>& ours, const Fields& theirs) {
    for (auto const& field : ours) {
        bool found = false;
        for (auto const& candidate : theirs) {
            std::string_view const name{
                candidate.name_string().data(), candidate.name_string().size()};
            std::string_view const value{candidate.value().data(), candidate.value().size()};
            found = found || (name == field.name && value == field.value);
        }
        if (!found) {
            FAIL_CHECK("only we see '" << field.name << ": " << field.value << "'");
        }
    }
}

/// Beast checks the grammar of what Connection lists; we drop that field, whatever it says.
bool is_about_connection(const boost::system::error_code& error) {
    return error == beast::error::bad_value;
}

template <class Parser>
boost::system::error_code read_by_beast(Parser& parser, std::string_view text) {
    parser.header_limit(1 << 20);
    parser.body_limit(std::numeric_limits<std::uint64_t>::max());
    boost::system::error_code error;
    parser.put(boost::asio::buffer(text.data(), text.size()), error);
    return error;
}

/// Servers forget the blank when there is no reason; we forgive it, Beast does not.
std::string with_blank_after_status(std::string_view text) {
    constexpr std::size_t status_end = std::string_view{"HTTP/1.1 200"}.size();
    std::string out{text};
    if (out[status_end] == '\r') {
        out.insert(status_end, 1, ' ');
    }
    return out;
}

std::string_view view(boost::beast::string_view text) {
    return {text.data(), text.size()};
}

/// Nothing after the origin form differs, whatever stands before it.
void check_target(const request_head& ours, std::string_view theirs) {
    if (theirs.starts_with('/') || theirs == "*") {
        CHECK(ours.target == theirs);
    } else {
        CHECK((theirs.ends_with(ours.target) || ours.target == "/"));
        CHECK(theirs.find(ours.authority) != std::string_view::npos);
    }
}

}  // namespace

TEST_CASE("Beast reads every request that we accept in the same way", "[http][h1][differential]") {
    random_source random{20'240'501};
    parsed_request ours;
    int accepted = 0;
    for (int i = 0; i < heads_per_kind; ++i) {
        parse_into(ours, next_head(request_seeds, random));
        if (ours.outcome.state != head_state::complete) {
            continue;
        }
        ++accepted;
        std::string_view text{ours.text};
        text = text.substr(0, ours.outcome.consumed);
        if (text.starts_with("\r\n")) {
            text.remove_prefix(2);  // the empty line that only we skip
        }
        CAPTURE(std::string{text});
        beast::request_parser<beast::empty_body> parser;
        auto const error = read_by_beast(parser, text);
        if (is_about_connection(error)) {
            continue;
        }
        if (!parser.is_header_done()) {
            FAIL_CHECK("refused by Beast: " << error.message());
            continue;
        }
        auto const& theirs = parser.get();
        CHECK(ours.head.method_name == view(theirs.method_string()));
        CHECK(ours.head.is_http10 == (theirs.version() == 10));
        check_target(ours.head, view(theirs.target()));
        check_fields(ours.head.fields, theirs);
        CHECK((ours.head.body.kind == body_length::kind::unknown) == parser.chunked());
        if (ours.head.body.kind == body_length::kind::known) {
            CHECK(ours.head.body.bytes == parser.content_length().value_or(0));
        }
    }

    CHECK(accepted > heads_per_kind / 10);
    CHECK(accepted < heads_per_kind * 9 / 10);
}

TEST_CASE("Beast reads every answer that we accept in the same way", "[http][h1][differential]") {
    random_source random{7};
    int accepted = 0;
    for (int i = 0; i < heads_per_kind; ++i) {
        auto const head = next_head(response_seeds, random);
        h1_response ours;
        auto const outcome = parse_response_head(head, {}, method::get, ours);
        if (outcome.state != head_state::complete) {
            continue;
        }
        ++accepted;
        auto const text = std::string_view{head}.substr(0, outcome.consumed);
        CAPTURE(std::string{text});
        beast::response_parser<beast::empty_body> parser;
        auto const error = read_by_beast(parser, with_blank_after_status(text));
        if (is_about_connection(error)) {
            continue;
        }
        if (!parser.is_header_done()) {
            FAIL_CHECK("refused by Beast: " << error.message());
            continue;
        }
        auto const& theirs = parser.get();
        CHECK(ours.head.status == theirs.result_int());
        // Where there is none, Beast tells the usual one.
        CHECK((ours.head.reason.empty() || ours.head.reason == view(theirs.reason())));
        check_fields(ours.head.fields, theirs);
        if (ours.head.body.kind != body_length::kind::none) {
            CHECK(ours.is_chunked == parser.chunked());
        }
        if (ours.head.body.kind == body_length::kind::known) {
            CHECK(ours.head.body.bytes == parser.content_length().value_or(0));
        }
    }

    CHECK(accepted > heads_per_kind / 10);
    CHECK(accepted < heads_per_kind * 9 / 10);
}
