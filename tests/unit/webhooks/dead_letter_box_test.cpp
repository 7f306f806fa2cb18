#include "proxy/webhooks/dead_letter_box.hpp"

#include <catch2/catch.hpp>

#include <utility>

using namespace millrace;
using namespace millrace::webhooks;

namespace {

class written_outbox final : public outbox_port {
 public:
    void keep(journal::delivery_changes changes) override { all.push_back(std::move(changes)); }

    std::vector<journal::delivery_changes> all;
};

delivery some_delivery() {
    delivery made;
    made.event.id = "evt_1";
    made.event.kind = event_kind::paused;
    made.event.data = "{}";
    made.attempts = 8;
    return made;
}

}  // namespace

TEST_CASE("a dead letter leaves the outbox and can be found", "[webhooks][dead]") {
    written_outbox outbox;
    dead_letter_box box{&outbox, {}};

    box.add("ci", some_delivery(), "answered 503");

    REQUIRE(box.all().size() == 1);
    auto const found = box.find(1).value();
    CHECK(found.key == journal::delivery_key{"ci", "evt_1"});
    CHECK(found.attempts == 8);
    CHECK(found.reason == "answered 503");
    CHECK(event_from_text(found.event).value() == some_delivery().event);
    REQUIRE(outbox.all.size() == 1);
    CHECK(outbox.all[0].settled == std::vector{found.key});
    CHECK(outbox.all[0].dead == std::vector{found});
}

TEST_CASE("a released letter goes back into the outbox", "[webhooks][dead]") {
    written_outbox outbox;
    dead_letter_box box{&outbox, {}};
    box.add("ci", some_delivery(), "answered 503");

    box.release(1);
    box.release(1);

    CHECK_FALSE(box.find(1));
    REQUIRE(outbox.all.size() == 2);
    CHECK(outbox.all[1].resent == std::vector<std::int64_t>{1});
    CHECK(outbox.all[1].queued.size() == 1);
}

TEST_CASE(
    "numbers go on where an earlier process ended, and old letters give way", "[webhooks][dead]"
) {
    journal::dead_letter_row kept;
    kept.id = 41;
    dead_letter_box box{nullptr, {kept}};

    for (std::size_t i = 0; i < dead_letter_box::shown_max; ++i) {
        box.add("ci", some_delivery(), "gone");
    }

    auto const all = box.all();
    CHECK(all.size() == dead_letter_box::shown_max);
    CHECK(all.front().id == 42);
    CHECK_FALSE(box.find(41));
}
