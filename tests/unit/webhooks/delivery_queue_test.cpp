#include "proxy/webhooks/delivery_queue.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace std::chrono_literals;
using namespace millrace;
using namespace millrace::webhooks;

namespace {

delivery of(const std::string& id) {
    delivery made;
    made.event.id = id;
    return made;
}

std::string id_of(const std::optional<delivery>& taken) {
    return taken ? taken->event.id : "none";
}

}  // namespace

TEST_CASE("deliveries go out as they are due, equals as they came", "[webhooks][queue]") {
    delivery_queue queue;
    auto const now = clock::now();
    CHECK_FALSE(queue.next_due());
    CHECK(id_of(queue.take(now)) == "none");

    REQUIRE(queue.add(of("later"), now + 5s));
    REQUIRE(queue.add(of("first"), now));
    REQUIRE(queue.add(of("second"), now));

    CHECK(queue.next_due() == now);
    CHECK(id_of(queue.take(now)) == "first");
    CHECK(id_of(queue.take(now)) == "second");
    CHECK(id_of(queue.take(now)) == "none");
    CHECK(queue.next_due() == now + 5s);
    CHECK(id_of(queue.take(now + 5s)) == "later");
}

TEST_CASE("a full queue takes nothing", "[webhooks][queue]") {
    delivery_queue queue;
    auto const now = clock::now();
    for (std::size_t i = 0; i < delivery_queue::deliveries_max; ++i) {
        REQUIRE(queue.add(of("x"), now));
    }

    CHECK_FALSE(queue.add(of("too much"), now));
    CHECK(queue.size() == delivery_queue::deliveries_max);
    CHECK(queue.take_all().size() == delivery_queue::deliveries_max);
    CHECK(queue.size() == 0);
}
