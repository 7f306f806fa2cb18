#include "proxy/rollout/breach_watch.hpp"

#include <catch2/catch.hpp>

namespace millrace::rollout {

namespace {

stats::slo_breach::state after(
    const stats::slo_breach& test,
    stats::slo_breach::state held,
    const stats::arm_tick& seen,
    int times
) {
    for (int i = 0; i < times; ++i) {
        held = watched(test, held, seen);
    }
    return held;
}

}  // namespace

TEST_CASE("a breach is noticed soon after however long a good time", "[rollout][breach]") {
    stats::slo_breach const test{{.tolerated = 0.01}};

    auto const good = after(test, test.start(), {1'000, 5}, 1'000);
    CHECK_FALSE(is_in_breach(good));
    auto const bad = after(test, good, {1'000, 50}, 2);
    CHECK(is_in_breach(bad));
}

TEST_CASE("an alarm ends soon after a breach of any length", "[rollout][breach]") {
    stats::slo_breach const test{{.tolerated = 0.01}};

    auto const bad = after(test, test.start(), {1'000, 50}, 1'000);
    CHECK(is_in_breach(bad));
    CHECK_FALSE(is_in_breach(after(test, bad, {1'000, 5}, 5)));
}

}  // namespace millrace::rollout
