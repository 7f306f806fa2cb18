#include "proxy/rollout/forecast.hpp"

#include "tests/unit/rollout/support.hpp"

#include <catch2/catch.hpp>

namespace millrace::rollout {

namespace {

constexpr milliseconds total_timeout{1'000};

params half() {
    auto chosen = errors_only();
    chosen.strategy = strategy::fixed_split;
    chosen.steps = {50};
    return chosen;
}

}  // namespace

TEST_CASE("twice the errors take about 6,000 requests at half", "[rollout][forecast]") {
    auto const made = forecast_of(half(), total_timeout);

    REQUIRE(made.size() == 1);
    CHECK(made[0].name == "error_rate");
    CHECK(made[0].harm == "1 -> 2 %");
    CHECK(made[0].requests_to_rollback.value() == Approx(5'500).epsilon(0.15));
    CHECK(made[0].requests_to_promotion.value() == Approx(22'000).epsilon(0.2));
    CHECK(time_text(*made[0].requests_to_rollback, 10).ends_with(" days"));
}

TEST_CASE("each step is forecast by its own share", "[rollout][forecast]") {
    auto const made = forecast_of(errors_only(), total_timeout);

    REQUIRE(made.size() == 4);  // not the last one, which leaves nothing to compare with
    CHECK(made[0].share == 5);
    CHECK(made[3].share == 50);
    CHECK(*made[0].requests_to_rollback > *made[3].requests_to_rollback);
}

TEST_CASE("rarer errors take more requests", "[rollout][forecast]") {
    auto const common = forecast_of(half(), total_timeout);
    auto const rare = forecast_of(half(), total_timeout, {.error_rate = 0.001});
    CHECK(*rare[0].requests_to_rollback > 5 * *common[0].requests_to_rollback);
}

TEST_CASE("every kind of metric that decides has a forecast", "[rollout][forecast]") {
    auto chosen = half();
    chosen.guardrails.push_back({.kind = metric_kind::latency});
    chosen.guardrails.push_back({.kind = metric_kind::accuracy});
    chosen.guardrails.push_back({.kind = metric_kind::first_byte, .role = metric_role::indicator});
    chosen.rewards = {{.name = "clicks"}};

    auto const made = forecast_of(chosen, total_timeout);

    REQUIRE(made.size() == 4);
    for (auto const& each : made) {
        INFO(each.name);
        CHECK(each.requests_to_rollback.value_or(0) > 100);
        CHECK(each.requests_to_promotion.value_or(0) > 100);
        CHECK_FALSE(each.harm.empty());
    }
    CHECK(made[3].name == "clicks");
}

TEST_CASE("times are told in units that people think in", "[rollout][forecast]") {
    CHECK(time_text(10, 600) == "1 minutes");
    CHECK(time_text(300, 600) == "30 minutes");
    CHECK(time_text(6'000, 600) == "10.0 hours");
    CHECK(time_text(6'000, 10) == "25 days");
}

}  // namespace millrace::rollout
