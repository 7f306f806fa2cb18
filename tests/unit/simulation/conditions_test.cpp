#include "proxy/simulation/conditions.hpp"

#include "tests/unit/simulation/worlds.hpp"

#include <catch2/catch.hpp>

namespace millrace::simulation {

namespace {

double errors_at(const world_params& world, int seconds) {
    return conditions_at(world, std::chrono::seconds{seconds}).versions.front().error_rate;
}

}  // namespace

TEST_CASE("a world without events is the same for ever", "[simulation]") {
    auto const world = world_of({});
    CHECK(is_constant(world));
    CHECK(conditions_at(world, milliseconds{0}) == conditions_at(world, std::chrono::hours{100}));
    CHECK(turning_points(world, std::chrono::hours{1}) == std::vector{milliseconds{0}});
}

TEST_CASE("a version changes when it is told to, and the rest of it stays", "[simulation]") {
    auto world = world_of({});
    world.versions[0].changes = {
        {.at = milliseconds{10'000}, .error_rate = 0.5},
        {.at = milliseconds{20'000}, .latency_median = microseconds{7}}};
    CHECK_FALSE(is_constant(world));

    CHECK(errors_at(world, 9) == 0.01);
    CHECK(errors_at(world, 10) == 0.5);
    auto const late = conditions_at(world, milliseconds{20'000}).versions[0];
    CHECK(late.error_rate == 0.5);
    CHECK(late.latency.median == microseconds{7});
    CHECK(conditions_at(world, milliseconds{20'000}).versions[1].error_rate == 0.01);
}

TEST_CASE("a course runs in straight lines and hits all versions alike", "[simulation]") {
    auto world = world_of({.primary = 0.01, .candidate = 0.02});
    world.course = {
        {.at = milliseconds{10'000}, .error_factor = 1},
        {.at = milliseconds{20'000}, .traffic_factor = 3, .error_factor = 5}};

    CHECK(errors_at(world, 0) == 0.01);
    CHECK(errors_at(world, 15) == Approx(0.03));
    CHECK(errors_at(world, 99) == Approx(0.05));
    auto const middle = conditions_at(world, milliseconds{15'000});
    CHECK(middle.versions[1].error_rate == Approx(0.06));
    CHECK(middle.requests_per_minute == Approx(1'200));
}

TEST_CASE("an incident comes once, or again and again", "[simulation]") {
    auto world = world_of({});
    world.incidents = {
        {.at = milliseconds{10'000}, .lasts = milliseconds{5'000}, .error_factor = 8}};
    CHECK(errors_at(world, 9) == 0.01);
    CHECK(errors_at(world, 10) == Approx(0.08));
    CHECK(errors_at(world, 15) == 0.01);
    CHECK(errors_at(world, 72) == 0.01);

    world.incidents.front().every = milliseconds{60'000};
    CHECK(errors_at(world, 72) == Approx(0.08));
    CHECK(
        turning_points(world, milliseconds{12'000}) ==
        std::vector{milliseconds{0}, milliseconds{10'000}}
    );
}

TEST_CASE("rates stay rates", "[simulation]") {
    auto world = world_of({.primary = 0.3});
    world.incidents = {{.lasts = milliseconds{5'000}, .error_factor = 8}};
    CHECK(errors_at(world, 1) == 1.0);
    CHECK(failure_rate({.error_rate = 0.1, .hang_rate = 0.2}) == Approx(0.28));
}

}  // namespace millrace::simulation
