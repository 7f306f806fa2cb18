#include "proxy/net/connection.hpp"

#include "tests/support/driven_worker.hpp"
#include "tests/support/peer.hpp"

#include <catch2/catch.hpp>

#include <sys/socket.h>

#include <array>
#include <string>
#include <vector>

using namespace millrace::net;  // NOLINT(google-build-using-namespace): every line here needs it
using millrace::duration;
using millrace::errc;
using millrace::no_deadline;
using millrace::time_point;
namespace support = millrace::support;
using support::next_round;
using namespace std::chrono_literals;

namespace {

constexpr auto for_ever = duration::zero();
/// More than the buffers of a socket pair hold.
constexpr std::size_t too_much = 4 * 1024 * 1024;

struct fixture {
    worker loop;
    support::connected ends = support::make_pair(loop);

    [[nodiscard]] connection& ours() const { return *ends.ours; }

    [[nodiscard]] support::peer& theirs() { return ends.theirs; }

    void run(task<void> script) { support::run(loop, std::move(script)); }
};

gather whole(std::string_view text) {
    gather parts;
    parts.pieces[0] = text;
    return parts;
}

std::string read_text(connection& from, std::size_t bytes_max = 1'024) {
    std::string text(bytes_max, ' ');
    auto const got = from.read(text);
    text.resize(got.bytes);
    return text;
}

task<void> wait_into(connection& of, errc& outcome, time_point deadline = no_deadline) {
    outcome = co_await of.readable(deadline);
}

class recorder final : public connection::observer {
 public:
    void on_peer_closed(bool is_broken) override {
        ++closed;
        broken = broken || is_broken;
    }

    void on_unawaited_input() override { ++inputs; }

    int closed = 0;
    int inputs = 0;
    bool broken = false;
};

}  // namespace

TEST_CASE("a read says what there is", "[net][connection]") {
    fixture with;
    std::array<char, 8> buffer{};

    CHECK(with.ours().read(buffer).error == errc::would_block);
    with.theirs().send("0123456789");
    CHECK(with.ours().read(buffer).bytes == 8);
    CHECK(read_text(with.ours()) == "89");
    with.theirs().close();
    CHECK(with.ours().read(buffer).error == errc::end_of_stream);
}

TEST_CASE("a reset is told as such", "[net][connection]") {
    worker loop;
    auto ends = support::make_tcp_pair(loop);
    std::array<char, 8> buffer{};

    ends.theirs.reset();

    CHECK(ends.ours->read(buffer).error == errc::connection_reset);
}

TEST_CASE("a write that fits goes out at once, all pieces in order", "[net][connection]") {
    fixture with;
    CHECK_FALSE(with.ours().has_sent());

    auto written = with.ours().write({{"one ", "", "two ", "three"}}, for_ever);

    REQUIRE(written.await_ready());
    CHECK(written.await_resume() == errc::ok);
    CHECK(with.theirs().receive() == "one two three");
    CHECK_FALSE(with.ours().is_congested());
    CHECK(with.ours().has_sent());
    with.ours().forget_sent();
    CHECK_FALSE(with.ours().has_sent());
    CHECK(with.ours().write({}, for_ever).await_resume() == errc::ok);
    CHECK_FALSE(with.ours().has_sent());
}

TEST_CASE("a write to a peer that is gone fails", "[net][connection]") {
    fixture with;
    with.theirs().close();

    CHECK(with.ours().write(whole("x"), for_ever).await_resume() == errc::connection_reset);
    CHECK_FALSE(with.ours().has_sent());
}

namespace {

task<void> writes_more_than_fits(fixture& with) {
    std::string text(too_much, ' ');
    for (std::size_t i = 0; i < text.size(); ++i) {
        text[i] = static_cast<char>('a' + i % 23);
    }
    std::string_view const all{text};
    auto copy = text;
    std::string_view const pieces{copy};
    gather const parts{
        {pieces.substr(0, 10),
         pieces.substr(10, 90),
         pieces.substr(100, too_much / 2),
         pieces.substr(100 + too_much / 2)}};
    auto writing = with.ours().write(parts, for_ever);
    CHECK_FALSE(writing.await_ready());
    CHECK(with.ours().is_congested());
    CHECK(with.loop.bytes_buffered > 0);
    copy.assign(copy.size(), '!');

    std::string received;
    while (received.size() < all.size()) {
        received += with.theirs().receive();
        next_round later{with.loop};
        co_await later;
    }
    auto const written = co_await writing;

    CHECK(written == errc::ok);
    CHECK(received == text);
    CHECK(with.loop.bytes_buffered == 0);
    auto const next = co_await with.ours().write(whole("next"), for_ever);
    CHECK(next == errc::ok);
    CHECK_FALSE(with.ours().is_congested());
    CHECK(with.theirs().receive() == "next");
}

task<void> writes_to_who_does_not_read(fixture& with) {
    std::string const text(too_much, 'x');
    auto const written = co_await with.ours().write(whole(text), 1ms);
    CHECK(written == errc::timed_out);

    // Bytes are missing now: nothing may follow them.
    CHECK(co_await with.ours().write(whole("more"), 1ms) == errc::timed_out);
}

task<void> writes_until_cancelled(fixture& with) {
    std::string const text(too_much, 'x');
    auto writing = with.ours().write(whole(text), for_ever);
    with.ours().cancel(errc::draining);
    auto const written = co_await writing;
    CHECK(written == errc::draining);
}

task<void> writes_until_the_peer_leaves(fixture& with) {
    std::string const text(too_much, 'x');
    auto writing = with.ours().write(whole(text), for_ever);
    with.theirs().close();
    auto const written = co_await writing;
    CHECK(written == errc::connection_reset);
}

}  // namespace

TEST_CASE("a short write keeps the rest and flushes it as the peer reads", "[net][connection]") {
    fixture with;
    with.run(writes_more_than_fits(with));
}

TEST_CASE("a peer that takes nothing is given up after the stall timeout", "[net][connection]") {
    fixture with;
    with.run(writes_to_who_does_not_read(with));
    with.ends.ours.reset();
    CHECK(with.loop.bytes_buffered == 0);
}

TEST_CASE("a write that waits can be cancelled", "[net][connection]") {
    fixture with;
    with.run(writes_until_cancelled(with));
}

TEST_CASE("a write that waits ends when the peer leaves", "[net][connection]") {
    fixture with;
    with.run(writes_until_the_peer_leaves(with));
}

namespace {

task<void> waits_for_bytes(fixture& with) {
    errc outcome = errc::internal;
    auto waiting = wait_into(with.ours(), outcome);
    CHECK_FALSE(waiting.await_ready());
    with.theirs().send("hi");
    co_await waiting;
    CHECK(outcome == errc::ok);
    CHECK(read_text(with.ours()) == "hi");

    with.theirs().shutdown_send();
    auto const end = co_await with.ours().readable(no_deadline);
    CHECK(end == errc::ok);
    std::array<char, 1> byte{};
    CHECK(with.ours().read(byte).error == errc::end_of_stream);
}

task<void> reaches_a_deadline(fixture& with) {
    auto const deadline = with.loop.now() + 1ms;
    auto const waited = co_await with.ours().readable(deadline);
    CHECK(waited == errc::timed_out);
    CHECK(with.loop.now() >= deadline);

    with.theirs().send("x");
    auto const later = co_await with.ours().readable(with.loop.now() + 10s);
    CHECK(later == errc::ok);
}

task<void> reads_and_writes_at_once(fixture& with) {
    std::string const text(too_much, 'x');
    errc read_outcome = errc::internal;
    auto reading = wait_into(with.ours(), read_outcome);
    auto writing = with.ours().write(whole(text), for_ever);
    std::size_t received = 0;
    with.theirs().send("x");
    while (received < text.size()) {
        received += with.theirs().receive().size();
        next_round later{with.loop};
        co_await later;
    }
    auto const written = co_await writing;
    co_await reading;
    CHECK(written == errc::ok);
    CHECK(read_outcome == errc::ok);
}

task<void> is_cancelled_before_during_and_after(fixture& with) {
    errc outcome = errc::ok;
    auto waiting = wait_into(with.ours(), outcome);
    with.ours().cancel(errc::draining);
    CHECK(outcome == errc::ok);  // resumed after the event that is being served
    with.ours().cancel(errc::timed_out);
    co_await waiting;
    CHECK(outcome == errc::draining);

    with.theirs().send("x");
    auto const again = co_await with.ours().readable(no_deadline);
    CHECK(again == errc::draining);

    with.ours().clear_cancel();
    auto const cleared = co_await with.ours().readable(no_deadline);
    CHECK(cleared == errc::ok);
    CHECK(read_text(with.ours()) == "x");
    with.ours().cancel(errc::cancelled);
}

}  // namespace

TEST_CASE("a wait ends when there is something to read", "[net][connection]") {
    fixture with;
    with.run(waits_for_bytes(with));
}

TEST_CASE("a wait ends at its deadline, not before", "[net][connection]") {
    fixture with;
    with.run(reaches_a_deadline(with));
}

TEST_CASE("both directions can wait at the same time", "[net][connection]") {
    fixture with;
    with.run(reads_and_writes_at_once(with));
}

TEST_CASE("cancelling ends waits now and later with the first reason", "[net][connection]") {
    fixture with;
    with.run(is_cancelled_before_during_and_after(with));
}

namespace {

enum class what { close, half_close, input };

task<void> waits_for_the_observer(fixture& with, recorder& heard, what happens) {
    with.ours().observe(&heard);
    switch (happens) {
        case what::close:
            with.theirs().close();
            break;
        case what::half_close:
            with.theirs().shutdown_send();
            break;
        case what::input:
            with.theirs().send("x");
            break;
    }
    while (heard.closed + heard.inputs == 0) {
        next_round later{with.loop};
        co_await later;
    }
    // Told once, however long nobody cares.
    co_await support::pass_rounds(with.loop, 5);
}

task<void> input_is_there_later(fixture& with, recorder& heard) {
    co_await waits_for_the_observer(with, heard, what::input);
    auto const waited = co_await with.ours().readable(no_deadline);
    CHECK(waited == errc::ok);
    CHECK(read_text(with.ours()) == "x");

    // Waiting again works, and so does being told again.
    with.theirs().send("y");
    auto const second = co_await with.ours().readable(no_deadline);
    CHECK(second == errc::ok);
    CHECK(read_text(with.ours()) == "y");
    heard.inputs = 0;
    co_await waits_for_the_observer(with, heard, what::input);
    CHECK(heard.inputs == 1);
}

task<void> input_and_end_are_there_later(fixture& with, recorder& heard) {
    with.theirs().send("last");
    co_await waits_for_the_observer(with, heard, what::half_close);
    for (auto const* expected : {"last", ""}) {
        auto const waited = co_await with.ours().readable(no_deadline);
        CHECK(waited == errc::ok);
        CHECK(read_text(with.ours()) == expected);
    }
}

task<void> broken_is_readable_later(fixture& with, recorder& heard) {
    with.theirs().send("last");
    co_await waits_for_the_observer(with, heard, what::close);
    for (auto const* expected : {"last", "", ""}) {
        auto const waited = co_await with.ours().readable(no_deadline);
        CHECK(waited == errc::ok);
        CHECK(read_text(with.ours()) == expected);
    }
    auto const written = co_await with.ours().write(whole("x"), for_ever);
    CHECK(written == errc::connection_reset);
}

}  // namespace

TEST_CASE("the observer is told once that the peer closed", "[net][connection]") {
    for (auto const happens : {what::close, what::half_close}) {
        fixture with;
        recorder heard;
        with.run(waits_for_the_observer(with, heard, happens));
        CHECK(heard.closed == 1);
        CHECK(heard.inputs == 0);
        CHECK(heard.broken == (happens == what::close));
        with.ours().observe(nullptr);
    }
}

TEST_CASE("input that nobody waits for is told once and kept", "[net][connection]") {
    fixture with;
    recorder heard;
    with.run(input_is_there_later(with, heard));
    CHECK(heard.closed == 0);
}

TEST_CASE("what the peer sent before it closed can still be read", "[net][connection]") {
    {
        fixture with;
        recorder heard;
        with.run(input_and_end_are_there_later(with, heard));
    }
    fixture with;
    recorder heard;
    with.run(broken_is_readable_later(with, heard));
}

TEST_CASE("abandoning tells the observer and ends the waits", "[net][connection]") {
    fixture with;
    recorder heard;
    with.ours().observe(&heard);

    with.ours().abandon(errc::draining);

    CHECK(heard.closed == 1);
    CHECK(heard.broken);
    auto wait = with.ours().readable(no_deadline);
    CHECK(wait.await_ready());
    CHECK(wait.await_resume() == errc::draining);
}

TEST_CASE("a FIN ends our direction only", "[net][connection]") {
    fixture with;
    (void)with.ours().write(whole("bye"), for_ever).await_resume();

    with.ours().shutdown_send();

    CHECK(with.theirs().receive() == "bye");
    CHECK(with.theirs().sees_end());
    with.theirs().send("still here");
    CHECK(read_text(with.ours()) == "still here");
}

TEST_CASE("closing is orderly unless a reset was asked for", "[net][connection]") {
    worker loop;
    auto orderly = support::make_tcp_pair(loop);
    auto reset = support::make_tcp_pair(loop);
    reset.ours->reset_on_close();

    orderly.ours.reset();
    reset.ours.reset();

    CHECK(orderly.theirs.sees_end());
    CHECK(reset.theirs.sees_reset());
}

TEST_CASE("what cannot be registered is closed", "[net][connection]") {
    worker loop;

    CHECK_FALSE(adopt(loop, -1));
}
