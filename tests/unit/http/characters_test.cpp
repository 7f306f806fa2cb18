#include "proxy/http/characters.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
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

        CHECK(
            is_in(byte, token_character) == (is_alphanumeric(c) || is_one_of(c, "!#$%&'*+-.^_`|~"))
        );
        CHECK(is_in(byte, target_character) == (c > 0x20 && c < 0x7f && c != '#' && c != '\\'));
        CHECK(
            is_in(byte, authority_character) ==
            (is_alphanumeric(c) || is_one_of(c, "-._~%!$&'()*+;="))
        );
        CHECK(
            is_in(byte, quoted_character) ==
            ((c == '\t' || c >= 0x20) && c != '"' && c != '\\' && c != 0x7f)
        );
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

TEST_CASE("the end of a token or target is found at every place", "[http][characters]") {
    for (int c = 0; c < 256; ++c) {
        for (std::size_t length = 0; length < 40; ++length) {
            std::string text(length, 'v');
            text += static_cast<char>(c);
            text += "vvv";
            auto const* const from = text.data();
            auto const* const end = from + text.size();
            CAPTURE(c, length);

            if (find_not_token(from, end) !=
                (is_in(static_cast<char>(c), token_character) ? end : from + length)) {
                FAIL_CHECK("token");
            }
            if (find_not_target(from, end) !=
                (is_in(static_cast<char>(c), target_character) ? end : from + length)) {
                FAIL_CHECK("target");
            }
            if (find_not_token(from, from + length) != from + length ||
                find_not_target(from, from + length) != from + length) {
                FAIL_CHECK("end");
            }
        }
    }
}

TEST_CASE("no byte is classed by its neighbours", "[http][characters]") {
    // All bytes in all lanes of a vector, each block shifted by one.
    std::string text;
    for (int i = 0; i < 256 + 16; ++i) {
        text += static_cast<char>(i);
    }
    for (std::size_t begin = 0; begin + 16 <= text.size(); ++begin) {
        auto const block = text.substr(begin, 16);
        auto const* const from = block.data();
        auto const* const end = from + block.size();
        auto const first_not = [&block](character_class of) {
            auto const at =
                std::find_if_not(block.begin(), block.end(), [of](char c) { return is_in(c, of); });
            return block.data() + (at - block.begin());
        };
        CAPTURE(begin);

        CHECK(find_not_token(from, end) == first_not(token_character));
        CHECK(find_not_target(from, end) == first_not(target_character));
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
