#include "proxy/feedback/seen_exchanges.hpp"

#include "tests/unit/feedback/some_labels.hpp"

#include <catch2/catch.hpp>

using namespace millrace::feedback;  // NOLINT(google-build-using-namespace): the subject
using millrace::feedback::test::exchange;
using mark = seen_exchanges::mark;

namespace {

constexpr auto block = seen_exchanges::block_exchanges;

}  // namespace

TEST_CASE("the first label of an exchange is fresh, every other is seen", "[feedback]") {
    seen_exchanges tested{10};
    auto const id = exchange(5, "v1", 100, 1);

    CHECK(tested.see(id) == mark::fresh);
    CHECK(tested.see(id) == mark::seen);
    CHECK(tested.see(exchange(6, "v1", 100, 1)) == mark::fresh);
    auto other = id;
    other.worker = 1;
    CHECK(tested.see(other) == mark::fresh);
    other.incarnation += 1;
    CHECK(tested.see(other) == mark::fresh);
    CHECK(tested.see(exchange(5 + block, "v1", 100, 1)) == mark::fresh);
    CHECK(tested.see(id) == mark::seen);
}

TEST_CASE("what is taken back is fresh again", "[feedback]") {
    seen_exchanges tested{10};
    auto const id = exchange(5, "v1", 100, 1);
    CHECK(tested.see(id) == mark::fresh);

    tested.unsee(id);
    tested.unsee(exchange(5 + block, "v1", 100, 1));  // never seen: nothing happens

    CHECK(tested.see(id) == mark::fresh);
}

TEST_CASE("without room the oldest is forgotten, and never fresh again", "[feedback]") {
    seen_exchanges tested{2};
    CHECK(tested.see(exchange(0, "v1", 100, 1)) == mark::fresh);
    CHECK(tested.see(exchange(block, "v1", 101, 1)) == mark::fresh);
    CHECK(tested.see(exchange(2 * block, "v1", 102, 1)) == mark::fresh);

    CHECK(tested.blocks() == 2);
    CHECK(tested.see(exchange(0, "v1", 100, 1)) == mark::forgotten);
    CHECK(tested.see(exchange(1, "v1", 100, 1)) == mark::forgotten);
    CHECK(tested.see(exchange(block, "v1", 101, 1)) == mark::seen);
}

TEST_CASE(
    "a block for what is older than all that is kept is not made in its place", "[feedback]"
) {
    seen_exchanges tested{1};
    CHECK(tested.see(exchange(3 * block, "v1", 100, 1)) == mark::fresh);
    CHECK(tested.see(exchange(block, "v1", 100, 1)) == mark::forgotten);
    CHECK(tested.see(exchange(4 * block, "v1", 100, 1)) == mark::fresh);
}

TEST_CASE("old blocks go when nobody may ask for them any more", "[feedback]") {
    seen_exchanges tested{10};
    CHECK(tested.see(exchange(0, "v1", 100, 1)) == mark::fresh);
    CHECK(tested.see(exchange(1, "v1", 110, 1)) == mark::fresh);
    CHECK(tested.see(exchange(block, "v1", 120, 1)) == mark::fresh);

    tested.forget_before(110);
    CHECK(tested.blocks() == 2);
    tested.forget_before(111);
    CHECK(tested.blocks() == 1);
    CHECK(tested.see(exchange(2, "v1", 110, 1)) == mark::forgotten);
    tested.forget_before(1'000);
    CHECK(tested.blocks() == 0);
}
