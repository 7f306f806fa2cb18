#include "proxy/http/input_buffer.hpp"

#include "tests/support/peer.hpp"

#include <catch2/catch.hpp>

#include <string>

using millrace::errc;
using millrace::http::input_buffer;
using millrace::net::worker;
namespace support = millrace::support;

namespace {

struct fixture {
    worker loop;
    support::connected ends = support::make_pair(loop);
    input_buffer input{loop};

    /// One read of what the peer sends now.
    millrace::net::io_result receive(std::string_view text, std::size_t bytes_max = 4'096) {
        ends.theirs.send(text);
        return input.receive(*ends.ours, bytes_max);
    }
};

}  // namespace

TEST_CASE("what was received stands in the scratch buffer", "[http][input_buffer]") {
    fixture with;

    auto const got = with.receive("hello");

    CHECK(got.bytes == 5);
    CHECK(with.input.text() == "hello");
    CHECK(with.input.unread().data() == with.loop.scratch().data());
    CHECK(with.loop.bytes_buffered == 0);
}

TEST_CASE("consumed bytes go from the front", "[http][input_buffer]") {
    fixture with;
    (void)with.receive("hello");

    with.input.consume(2);
    CHECK(with.input.text() == "llo");
    with.input.consume(3);

    CHECK(with.input.empty());
}

TEST_CASE("what is kept survives the scratch buffer", "[http][input_buffer]") {
    fixture with;
    (void)with.receive("hello");
    with.input.consume(1);

    with.input.keep();
    with.loop.scratch()[1] = 'X';

    CHECK(with.input.text() == "ello");
    CHECK(with.loop.bytes_buffered != 0);
}

TEST_CASE("keeping nothing costs nothing", "[http][input_buffer]") {
    fixture with;
    (void)with.receive("hello");
    with.input.consume(5);

    with.input.keep();

    CHECK(with.loop.bytes_buffered == 0);
}

TEST_CASE("later bytes are appended to what is unread", "[http][input_buffer]") {
    fixture with;
    (void)with.receive("one ");
    with.input.keep();

    CHECK(with.receive("two ").bytes == 4);
    with.input.consume(2);
    CHECK(with.receive("three").bytes == 5);

    CHECK(with.input.text() == "e two three");
}

TEST_CASE("unread bytes in the scratch buffer are moved before more come", "[http][input_buffer]") {
    fixture with;
    (void)with.receive("one ");

    (void)with.receive("two");

    CHECK(with.input.text() == "one two");
}

TEST_CASE("a long message arrives in parts without loss", "[http][input_buffer]") {
    fixture with;
    std::string all;
    for (int i = 0; i < 40; ++i) {
        std::string const part(
            static_cast<std::size_t>(100 + i * 37), static_cast<char>('a' + i % 26)
        );
        with.ends.theirs.send(part);
        all += part;
        while (with.input.receive(*with.ends.ours, 65'536).error == errc::ok) {
            with.input.keep();
        }
    }

    CHECK(with.input.text() == all);
}

TEST_CASE("a read takes no more than was asked for", "[http][input_buffer]") {
    fixture with;

    CHECK(with.receive("0123456789", 4).bytes == 4);

    CHECK(with.input.text() == "0123");
}

TEST_CASE("without input a read says so and changes nothing", "[http][input_buffer]") {
    fixture with;
    (void)with.receive("abc");
    with.input.keep();

    CHECK(with.input.receive(*with.ends.ours, 100).error == errc::would_block);
    CHECK(with.input.text() == "abc");
    with.ends.theirs.close();
    CHECK(with.input.receive(*with.ends.ours, 100).error == errc::end_of_stream);
    CHECK(with.input.text() == "abc");
}

TEST_CASE("memory is given back when it is used up and when it ends", "[http][input_buffer]") {
    worker loop;
    auto ends = support::make_pair(loop);
    {
        input_buffer input{loop};
        ends.theirs.send("abc");
        (void)input.receive(*ends.ours, 100);
        input.keep();
        REQUIRE(loop.bytes_buffered != 0);
        input.consume(3);

        (void)input.receive(*ends.ours, 100);
        CHECK(loop.bytes_buffered == 0);

        ends.theirs.send("abc");
        (void)input.receive(*ends.ours, 100);
        input.keep();
    }

    CHECK(loop.bytes_buffered == 0);
}

TEST_CASE("reads get small while the worker holds more than its budget", "[http][input_buffer]") {
    fixture with;
    CHECK(with.input.bytes_wanted() == worker::scratch_bytes);

    with.loop.bytes_buffered = with.loop.buffer_budget + 1;
    CHECK(with.input.bytes_wanted() == worker::small_read_bytes);

    with.loop.bytes_buffered = 0;
    CHECK(with.input.bytes_wanted() == worker::scratch_bytes);
}
