#include "proxy/server/label_outlet.hpp"

#include <catch2/catch.hpp>

#include <memory>

using millrace::server::answer_note;
using millrace::server::label_outlet;

TEST_CASE("an exchange has ended when its worker says so", "[server]") {
    label_outlet tested;
    CHECK_FALSE(tested.has_ended(0));

    tested.begin(0);
    tested.begin(1);
    tested.end(0);

    CHECK(tested.has_ended(0));
    CHECK_FALSE(tested.has_ended(1));
    CHECK_FALSE(tested.has_ended(2));
    tested.end(1);
    CHECK(tested.has_ended(1));
}

TEST_CASE("what is older than all that is kept counts as ended", "[server]") {
    label_outlet tested;
    constexpr auto kept = label_outlet::exchanges_kept;
    tested.begin(5);
    tested.begin(5 + kept);

    CHECK(tested.has_ended(4));
    CHECK_FALSE(tested.has_ended(5 + kept));
    // A stream as old as this must not end the exchange that has its place now.
    tested.begin(6 + kept);
    tested.end(5);
    CHECK_FALSE(tested.has_ended(5 + kept));
    tested.end(5 + kept);
    CHECK(tested.has_ended(5 + kept));
}

TEST_CASE("notes come out in order, and are dropped and counted when nobody reads", "[server]") {
    auto const tested = std::make_unique<label_outlet>();
    answer_note note;
    for (std::uint64_t i = 0; i < label_outlet::notes_max + 3; ++i) {
        note.of.sequence = i;
        tested->push(note);
    }

    CHECK(tested->notes_dropped() == 3);
    std::uint64_t count = 0;
    while (tested->pop(note)) {
        CHECK(note.of.sequence == count);
        ++count;
    }
    CHECK(count == label_outlet::notes_max);
    CHECK(tested->notes_missing() == 0);
    tested->missing();
    CHECK(tested->notes_missing() == 1);
}
