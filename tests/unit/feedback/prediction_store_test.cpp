#include "proxy/feedback/prediction_store.hpp"

#include "tests/unit/feedback/some_labels.hpp"

#include <catch2/catch.hpp>

using millrace::feedback::prediction_store;
using millrace::feedback::test::exchange;

TEST_CASE("a prediction is found by its exchange", "[feedback]") {
    prediction_store tested{10};
    CHECK(tested.remember(exchange(1, "v1", 100, 1), {"yes", false}) == 0);
    CHECK(tested.remember(exchange(1, "v1", 100, 1), {"no", true}) == 0);

    REQUIRE(tested.find(exchange(1, "v1", 100, 1)) != nullptr);
    CHECK(tested.find(exchange(1, "v1", 100, 1))->text == "yes");
    CHECK(tested.find(exchange(2, "v1", 100, 1)) == nullptr);
    auto other_worker = exchange(1, "v1", 100, 1);
    other_worker.worker = 1;
    CHECK(tested.find(other_worker) == nullptr);
    CHECK(tested.size() == 1);
}

TEST_CASE("without room the oldest prediction goes, and that is told", "[feedback]") {
    prediction_store tested{2};
    CHECK(tested.remember(exchange(1, "v1", 100, 1), {"a", false}) == 0);
    CHECK(tested.remember(exchange(2, "v1", 101, 1), {"b", false}) == 0);
    CHECK(tested.remember(exchange(3, "v1", 102, 1), {"c", false}) == 1);

    CHECK(tested.size() == 2);
    CHECK(tested.find(exchange(1, "v1", 100, 1)) == nullptr);
    CHECK(tested.find(exchange(3, "v1", 102, 1))->text == "c");
}

TEST_CASE("old predictions are forgotten", "[feedback]") {
    prediction_store tested{10};
    (void)tested.remember(exchange(1, "v1", 100, 1), {"a", false});
    (void)tested.remember(exchange(2, "v1", 101, 1), {"b", false});

    tested.forget_before(101);

    CHECK(tested.size() == 1);
    CHECK(tested.find(exchange(1, "v1", 100, 1)) == nullptr);
    CHECK(tested.find(exchange(2, "v1", 101, 1)) != nullptr);
}
