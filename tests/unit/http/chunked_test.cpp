#include "proxy/http/chunked.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

using millrace::errc;
using millrace::http::chunk_decoder;
using namespace std::string_literals;

namespace {

/// What came out of a message, however it was cut.
struct outcome {
    std::string payload;
    std::size_t consumed = 0;
    bool done = false;
    errc error = errc::ok;
    std::string trailers;

    friend bool operator==(const outcome&, const outcome&) = default;
};

std::ostream& operator<<(std::ostream& out, const outcome& of) {
    return out << "'" << of.payload << "' consumed " << of.consumed << " done " << of.done
               << " error " << static_cast<int>(of.error) << " trailers '" << of.trailers << "'";
}

/// Feeds the parts between the cuts one after the other, each in memory of its own size.
outcome decode(std::string_view message, const std::vector<std::size_t>& cuts = {}) {
    chunk_decoder decoder;
    outcome all;
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= cuts.size() && !all.done && all.error == errc::ok; ++i) {
        auto const end = i < cuts.size() ? cuts[i] : message.size();
        std::vector<char> part{
            message.begin() + static_cast<std::ptrdiff_t>(begin),
            message.begin() + static_cast<std::ptrdiff_t>(end)};
        auto const step = decoder.decode(part);
        all.payload.append(part.data() + step.payload_begin, step.payload_bytes);
        all.consumed += step.consumed;
        all.done = step.done;
        all.error = step.error;
        begin = end;
    }
    all.trailers = decoder.trailer_section();
    return all;
}

std::vector<std::size_t> every_byte_of(std::string_view message) {
    std::vector<std::size_t> cuts;
    for (std::size_t i = 1; i < message.size(); ++i) {
        cuts.push_back(i);
    }
    return cuts;
}

/// Every split into two, and into bytes; into three where there are not too many of them.
void check_that_splits_do_not_matter(std::string_view message) {
    auto const whole = decode(message);
    CAPTURE(std::string{message.substr(0, 200)});
    CHECK(decode(message, every_byte_of(message)) == whole);
    auto const step = message.size() < 120 ? std::size_t{1} : std::size_t{7};
    for (std::size_t first = 0; first <= message.size(); ++first) {
        if (!(decode(message, {first}) == whole)) {
            FAIL_CHECK("split at " << first << ": " << decode(message, {first}));
        }
        for (std::size_t second = first; second <= message.size(); second += step) {
            if (!(decode(message, {first, second}) == whole)) {
                FAIL_CHECK("split at " << first << " and " << second);
            }
        }
    }
}

/// Refused as a whole, in every split, and never seen as complete.
void check_refused(std::string_view message, errc why = errc::bad_chunk) {
    CAPTURE(std::string{message});
    auto const whole = decode(message);
    CHECK(whole.error == why);
    check_that_splits_do_not_matter(message);
}

void check_accepted(std::string_view message, std::string_view payload) {
    auto const whole = decode(message);
    CAPTURE(std::string{message});
    CHECK(whole.error == errc::ok);
    CHECK(whole.done);
    CHECK(whole.payload == payload);
    CHECK(whole.consumed == message.size());
    check_that_splits_do_not_matter(message);
}

}  // namespace

TEST_CASE("a chunked body is decoded whichever way it is cut", "[http][chunked]") {
    check_accepted("0\r\n\r\n", "");
    check_accepted("5\r\nhello\r\n0\r\n\r\n", "hello");
    check_accepted("5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n", "hello, world");
    check_accepted("1\r\n\r\r\n1\r\n\n\r\n000\r\n\r\n", "\r\n");
    check_accepted("5\r\n0\r\n\r\n\r\n0\r\n\r\n", "0\r\n\r\n");
    check_accepted("A\r\n0123456789\r\na\r\nabcdefghij\r\n0\r\n\r\n", "0123456789abcdefghij");
    check_accepted("000000000000000b\r\nhello world\r\n0\r\n\r\n", "hello world");
    check_accepted("0000000000000000\r\n\r\n", "");
    check_accepted("3\r\n\0\x80\xff\r\n0\r\n\r\n"s, "\0\x80\xff"s);
}

TEST_CASE("long bodies of many chunks are decoded whichever way they are cut", "[http][chunked]") {
    std::string message;
    std::string payload;
    for (std::size_t bytes = 1; bytes < 40; bytes += 3) {
        std::string const data(bytes, static_cast<char>('a' + bytes % 26));
        constexpr std::string_view digits = "0123456789abcdef";
        message += {digits[bytes / 16], digits[bytes % 16]};
        message += (bytes % 2 == 0 ? ";n=v\r\n" : "\r\n") + data + "\r\n";
        payload += data;
    }

    check_accepted(message + "0;last\r\nA: b\r\n\r\n", payload);
}

TEST_CASE("what follows the message is left alone", "[http][chunked]") {
    auto const message = "3\r\nabc\r\n0\r\n\r\n"s;
    auto const next = "GET / HTTP/1.1\r\n"s;

    auto const got = decode(message + next);

    CHECK(got.done);
    CHECK(got.payload == "abc");
    CHECK(got.consumed == message.size());
    check_that_splits_do_not_matter(message + next);
}

TEST_CASE("the payload of all chunks is moved together in place", "[http][chunked]") {
    auto text = "4\r\nabcd\r\n2\r\nef\r\n0\r\n\r\n"s;
    chunk_decoder decoder;

    auto const step = decoder.decode(text);

    CHECK(step.payload_begin == 3);
    CHECK(std::string_view{text}.substr(step.payload_begin, step.payload_bytes) == "abcdef");
    CHECK(step.done);
}

TEST_CASE("one chunk's payload is not moved at all", "[http][chunked]") {
    auto text = "400\r\n" + std::string(500, 'x');
    auto const before = text;
    chunk_decoder decoder;

    auto const step = decoder.decode(text);

    CHECK(text == before);
    CHECK(step.payload_begin == 5);
    CHECK(step.payload_bytes == 500);
    CHECK_FALSE(step.done);
}

TEST_CASE("an incomplete message is neither done nor wrong", "[http][chunked]") {
    auto const message = "3;a=\"b\"\r\nabc\r\n0\r\nA: b\r\n\r\n"s;
    for (std::size_t bytes = 0; bytes < message.size(); ++bytes) {
        auto const got = decode(message.substr(0, bytes));
        CAPTURE(bytes);
        CHECK(got.error == errc::ok);
        CHECK_FALSE(got.done);
        CHECK(got.consumed == bytes);
    }
}

TEST_CASE("chunk sizes are hexadecimal digits and nothing else", "[http][chunked]") {
    for (auto const* size :
         {"",   " ",   " 5", "\t5", "+5", "-5",   "0x5", "x5",  "5h",  "5 ",  "5\t",
          "5x", "5,5", "5_", "5.0", "g",  "\x80", "٥",   "'5'", "5 5", "%35", ";5"}) {
        check_refused(size + "\r\nhello\r\n0\r\n\r\n"s);
    }
    check_refused("5\r\nhello\r\n 0\r\n\r\n");
    check_refused("5\r\nhello\r\n\r\n0\r\n\r\n");
    check_refused("\0"s + "5\r\nhello\r\n0\r\n\r\n");
}

TEST_CASE("a size that could wrap is refused", "[http][chunked]") {
    check_refused("00000000000000005\r\nhello\r\n0\r\n\r\n");
    check_refused("10000000000000005\r\nhello\r\n0\r\n\r\n");
    check_refused("ffffffffffffffff\r\nhello");
    check_refused("8000000000000000\r\nhello");
    check_refused("00000000000000000\r\n\r\n");

    auto const huge = decode("7fffffffffffffff\r\nhello");
    CHECK(huge.error == errc::ok);
    CHECK(huge.payload == "hello");
}

TEST_CASE("lines of chunks end with CR LF", "[http][chunked]") {
    check_refused("5\nhello\r\n0\r\n\r\n");
    check_refused("5\rhello\r\n0\r\n\r\n");
    check_refused("5\r\rhello\r\n0\r\n\r\n");
    check_refused("5\n\rhello\r\n0\r\n\r\n");
    check_refused("5\r\nhello\n0\r\n\r\n");
    check_refused("5\r\nhello\r0\r\n\r\n");
    check_refused("5\r\nhello0\r\n\r\n");
    check_refused("5\r\nhello!\r\n0\r\n\r\n");
    check_refused("5\r\nhell\r\n0\r\n\r\n");
    check_refused("5\r\nhello\r\n0\n\r\n");
    check_refused("0\r\n\n", errc::bad_trailer);
    check_refused("0\r\n\rx", errc::bad_trailer);
    check_refused("0\r\n\r\r\n", errc::bad_trailer);
}

TEST_CASE("well-formed extensions are skipped", "[http][chunked]") {
    for (auto const* extension :
         {";a",
          ";a=b",
          ";a=\"b\"",
          ";a=\"\"",
          ";a=\"b c;d=e,\t\"",
          R"(;a="\"\\\x")",
          ";a=\"\x80\xff\"",
          ";a;b;c=d;e=\"f\"",
          " ;a",
          "\t ; a = b ; c",
          " ; a=\"b\" ;\tc\t=\td"}) {
        check_accepted("5"s + extension + "\r\nhello\r\n0" + extension + "\r\n\r\n", "hello");
    }
}

TEST_CASE("malformed extensions are refused", "[http][chunked]") {
    for (auto const* extension : {";",
                                  ";;",
                                  ";a;",
                                  ";=",
                                  ";=b",
                                  ";a=",
                                  ";a==b",
                                  ";a=b=c",
                                  ";a=b c",
                                  ";a b",
                                  ";a=\"b",
                                  ";a=b\"",
                                  ";a=\"b\"c",
                                  ";a=\"b\"\"c\"",
                                  ";a=\"\x01\"",
                                  ";a=\"\x7f\"",
                                  ";a=\"\\\x01\"",
                                  ";a=(b)",
                                  ";\x80",
                                  ";a\x80",
                                  ";a=\x80",
                                  ",a",
                                  " a",
                                  " =a",
                                  ";a\x01",
                                  ";a=b,c",
                                  ";a@b",
                                  ";a=\"\\\r\""}) {
        check_refused("5"s + extension + "\r\nhello\r\n0\r\n\r\n");
        check_refused("5\r\nhello\r\n0"s + extension + "\r\n\r\n");
    }
    // Line ends inside an extension, quoted or not.
    for (auto const* extension :
         {";a\n", ";a=b\n", ";a\rb", ";a=\"\n\"", ";a=\"\r\"", ";a=\"\r\n\"", ";\n", ";a=\n"}) {
        check_refused("5"s + extension + "\r\nhello\r\n0\r\n\r\n");
    }
}

// A blank must be followed by something: none at the end of a chunk line.
TEST_CASE("extensions that end in blanks are refused", "[http][chunked]") {
    for (auto const* extension : {";a ", ";a\t", ";a=b ", ";a=\"b\"\t "}) {
        check_refused("5"s + extension + "\r\nhello\r\n0\r\n\r\n");
    }
}

TEST_CASE("extensions of one line are bounded", "[http][chunked]") {
    auto const with = [](std::size_t bytes) {
        // ';' and the name, and the CR counts too.
        return "1;" + std::string(bytes - 2, 'e') + "\r\nx\r\n0\r\n\r\n";
    };

    CHECK(decode(with(chunk_decoder::extension_bytes_max)).error == errc::ok);
    CHECK(decode(with(chunk_decoder::extension_bytes_max + 1)).error == errc::bad_chunk);

    // An endless one is cut before its line ends.
    CHECK(decode("1;" + std::string(2'000, 'e')).error == errc::bad_chunk);
    CHECK(decode("1;a=\"" + std::string(2'000, ' ')).error == errc::bad_chunk);
    CHECK(decode("1" + std::string(2'000, ' ')).error == errc::bad_chunk);
}

TEST_CASE("extensions of one message are bounded", "[http][chunked]") {
    std::string message;
    for (std::size_t bytes = 0; bytes <= chunk_decoder::extension_bytes_total_max; bytes += 512) {
        message += "1;" + std::string(510, 'e') + "\r\nx\r\n";
    }

    auto const got = decode(message + "0\r\n\r\n");

    CHECK(got.error == errc::bad_chunk);
    CHECK(got.payload.size() >= chunk_decoder::extension_bytes_total_max / 513);
    CHECK(decode(message, every_byte_of(message)) == decode(message));
}

TEST_CASE("chunks without extensions are never too many", "[http][chunked]") {
    std::string message;
    for (int i = 0; i < 20'000; ++i) {
        message += "1\r\nx\r\n";
    }

    auto const got = decode(message + "0\r\n\r\n");

    CHECK(got.done);
    CHECK(got.payload.size() == 20'000);
}

TEST_CASE("the trailer section is handed over raw", "[http][chunked]") {
    auto const message = "1\r\nx\r\n0\r\nA: 1\r\nB: 2\r\n\r\n"s;

    auto const got = decode(message + "GET");

    CHECK(got.done);
    CHECK(got.trailers == "A: 1\r\nB: 2\r\n\r\n");
    CHECK(got.consumed == message.size());
    check_that_splits_do_not_matter(message + "GET");
    CHECK(decode("0\r\n\r\n").trailers.empty());
}

TEST_CASE("a bare line feed in the trailer section is refused", "[http][chunked]") {
    check_refused("0\r\nA: 1\n\r\n", errc::bad_trailer);
    check_refused("0\r\nA: 1\r\n\n", errc::bad_trailer);
    check_refused("0\r\nA\n: 1\r\n\r\n", errc::bad_trailer);
}

TEST_CASE("the trailer section is bounded", "[http][chunked]") {
    auto const with = [](std::size_t bytes) {
        return "0\r\nA: " + std::string(bytes - 7, 't') + "\r\n\r\n";
    };

    CHECK(decode(with(chunk_decoder::trailer_bytes_max)).error == errc::ok);
    CHECK(decode(with(chunk_decoder::trailer_bytes_max + 1)).error == errc::bad_trailer);
    CHECK(decode("0\r\n" + std::string(10'000, 't')).error == errc::bad_trailer);
}
