#include "proxy/rollout/outcome.hpp"

#include <catch2/catch.hpp>

namespace millrace::rollout {

namespace {

/// 70 % primary, 20 % and 10 % for two candidates.
outcome_tick two_candidates() {
    return {
        .outcome = 0,
        .epoch = 1,
        .tick = 0,
        .masses = {70, 20, 10},
        .counts = {{.count = 700, .bad = 7}, {.count = 200, .bad = 4}, {.count = 100, .bad = 3}}};
}

}  // namespace

TEST_CASE("a candidate meets the primary on what was assigned to either", "[rollout]") {
    auto const first = between(two_candidates(), 0);
    auto const second = between(two_candidates(), 1);

    REQUIRE(first);
    CHECK(first->pi == Approx(20.0 / 90));
    CHECK(first->count_a == 700);
    CHECK(first->count_b == 200);
    CHECK(first->bad_a == 7);
    CHECK(first->bad_b == 4);
    REQUIRE(second);
    CHECK(second->pi == Approx(10.0 / 80));
    CHECK(second->count_b == 100);
    CHECK(second->bad_b == 3);
}

TEST_CASE("where one of the two has no mass there is no coin", "[rollout]") {
    auto tick = two_candidates();
    tick.masses = {90, 0, 10};
    CHECK_FALSE(between(tick, 0));
    CHECK(between(tick, 1));

    tick.masses = {0, 50, 50};
    CHECK_FALSE(between(tick, 0));
}

TEST_CASE("all arms together are the route", "[rollout]") {
    auto const sum = total(two_candidates());

    CHECK(sum.count == 1'000);
    CHECK(sum.bad == 14);
}

TEST_CASE("an outcome that waits for its threshold is not in force", "[rollout]") {
    CHECK(is_in_force({.kind = outcome_kind::failed_within}));
    CHECK(is_in_force({.kind = outcome_kind::label_wrong}));
    for (auto const kind :
         {outcome_kind::not_good_within,
          outcome_kind::no_first_byte_within,
          outcome_kind::failed_or_unfinished}) {
        CHECK_FALSE(is_in_force({.kind = kind}));
        CHECK(is_in_force({.kind = kind, .primary_threshold = microseconds{1}}));
    }
}

}  // namespace millrace::rollout
