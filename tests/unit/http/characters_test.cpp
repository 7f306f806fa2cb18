#include "proxy/http/characters.hpp"

#include <catch2/catch.hpp>

#include <cctype>
#include <string>

using namespace millrace::http;  // NOLINT(google-build-using-namespace): every line here needs it

namespace {

bool is_alphanumeric(int c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool is_one_of(int c, std::string_view characters) {
    return characters.find(static_cast<char>(c)) != std::string_view::npos;
}

}  // namespace

TEST_CASE("each byte is in the classes that the RFCs put it in", "[http][characters]") {
    for (int c = 0; c < 256; ++c) {
        auto const byte = static_cast<char>(c);
        CAPTURE(c);

        CHECK(is_in(byte, token_character) ==
              (is_alphanumeric(c) || is_one_of(c, "!#$%&'*+-.^_`|~")));
        CHECK(is_in(byte, target_character) == (c > 0x20 && c < 0x7f && c != '#' && c != '\\'));
        CHECK(is_in(byte, authority_character) ==
              (is_alphanumeric(c) || is_one_of(c, "-._~%!$&'()*+;=")));
        CHECK(is_in(byte, quoted_character) ==
              ((c == '\t' || c >= 0x20) && c != '"' && c != '\\' && c != 0x7f));
    }
}

TEST_CASE("a control is found at every place and alignment", "[http][characters]") {
    for (std::size_t begin = 0; begin < 4; ++begin) {
        for (std::size_t length = 0; length < 70; ++length) {
            for (char const control : {'\0', '\x1f', '\x7f', '\r', '\n'}) {
                std::string text(begin + length, 'v');
                text += control;
                text += "\r\r\rafter it";
                auto const* const from = text.data() + begin;

                CHECK(find_control(from, text.data() + text.size()) == from + length);
                CHECK(find_control(from, from + length) == from + length);
            }
        }
    }
}

TEST_CASE("only controls are found: tabs, visible and foreign bytes pass", "[http][characters]") {
    for (int c = 0; c < 256; ++c) {
        bool const is_control = (c < 0x20 && c != '\t') || c == 0x7f;
        // Once in the vector's part, once in the rest.
        for (std::size_t const length : {std::size_t{32}, std::size_t{7}}) {
            std::string text(length, '\t');
            text[3] = static_cast<char>(c);
            auto const* const end = text.data() + text.size();
            CAPTURE(c, length);

            CHECK(find_control(text.data(), end) == (is_control ? text.data() + 3 : end));
        }
    }
}

TEST_CASE("a token is at least one token character", "[http][characters]") {
    CHECK(is_token("x"));
    CHECK(is_token("X-Custom_Name!"));

    CHECK_FALSE(is_token(""));
    for (auto const* text : {"a b", "a:", "\"a\"", "a,b", "(a)", "\x80", "a/b", "a\t"}) {
        CAPTURE(text);
        CHECK_FALSE(is_token(text));
    }
}

TEST_CASE("an authority is a host with or without a port", "[http][characters]") {
    for (auto const* text :
         {"a",
          "example.com",
          "EXAMPLE.com:80",
          "example.com:0",
          "example.com:65535",
          "example.com:00080",
          "example.com:",
          "127.0.0.1",
          "127.0.0.1:8080",
          "[::1]",
          "[::1]:443",
          "[2001:db8::7]:",
          "[::ffff:192.0.2.1]",
          "under_score.local",
          "a%2Db.example",
          "a!$&'()*+;=b",
          "xn--bcher-kva.example"}) {
        CAPTURE(text);
        CHECK(is_valid_authority(text));
    }
}

TEST_CASE("what two readers could take for two hosts is no authority", "[http][characters]") {
    for (auto const* text :
         {"",
          ":80",
          "a:65536",
          "a:99999999999999999999",
          "a:8o",
          "a:-1",
          "a:+1",
          "a: 80",
          "a:80:80",
          "a b",
          " a",
          "a ",
          "a\tb",
          "a,b",
          "user@a",
          "user:secret@a",
          "a/b",
          "a?b",
          "a#b",
          "a\\b",
          "a\"b",
          "<a>",
          "a\x80",
          "a%",
          "a%4",
          "a%4g",
          "[",
          "[]",
          "[::1",
          "::1",
          "[::1]80",
          "[::1]x",
          "[::1]:65536",
          "[:::1]",
          "[1.2.3.4]",
          "[fe80::1%eth0]",
          "[v1.a]",
          "a[::1]"}) {
        CAPTURE(text);
        CHECK_FALSE(is_valid_authority(text));
    }
}
