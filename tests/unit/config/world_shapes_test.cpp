#include "proxy/config/world_shapes.hpp"

#include "proxy/config/document.hpp"

#include <catch2/catch.hpp>

#include <string_view>

namespace millrace::config {

namespace {

world_document read(std::string_view text) {
    auto const document = parse_document(text, "w");
    REQUIRE(document.root);
    reader in{"w"};
    world_document made;
    world_document_shape().read(in, *document.root, made);
    auto const errors = in.take();
    INFO(to_text(errors));
    REQUIRE(errors.empty());
    made.cases = nullptr;  // it points into the document, which goes
    return made;
}

}  // namespace

TEST_CASE("what a version is like is read into what it starts with", "[config]") {
    auto const world =
        read(
            "versions:\n"
            "  v1: {error_rate: 0.01, hang_rate: 0.001, first_byte: 0.2, accuracy: 0.9, labelled: "
            "1,\n"
            "       label_delay: 2m, latency: {median: 80ms, sigma: 0.5},\n"
            "       changes: [{at: 10m, error_rate: 0.5}, {at: 20m, latency_median: 1s}]}\n"
            "  v2: {}\n"
        )
            .shared;

    REQUIRE(world.versions.size() == 2);
    auto const& first = world.versions[0];
    CHECK(first.name == "v1");
    CHECK(
        first.from_start ==
        simulation::behaviour{
            .error_rate = 0.01,
            .hang_rate = 0.001,
            .latency = {.median = std::chrono::milliseconds{80}, .sigma = 0.5},
            .first_byte = 0.2,
            .accuracy = 0.9,
            .labelled = 1,
            .label_delay_mean = std::chrono::minutes{2}}
    );
    REQUIRE(first.changes.size() == 2);
    CHECK(first.changes[0].at == std::chrono::minutes{10});
    CHECK(first.changes[0].error_rate == 0.5);
    CHECK_FALSE(first.changes[0].latency_median);
    CHECK(first.changes[1].latency_median == std::chrono::seconds{1});
    CHECK(world.versions[1].from_start == simulation::behaviour{});
}

TEST_CASE("what hits all versions, the limits and the target are read", "[config]") {
    auto const world =
        read(
            "requests_per_minute: 6000\n"
            "course: [{at: 0, traffic: 1}, {at: 1h, traffic: 2, errors: 4, latency: 1.5}]\n"
            "incidents: [{at: 5m, lasts: 4m, every: 1h, errors: 8, latency: 2}]\n"
            "total_timeout: 30s\nhistory: 0\nrequests_max: 1000\ntime_max: 2h\ntick: 250ms\n"
            "rollout: {candidate: v2, guardrails: [{metric: error_rate}]}\n"
            "target: {wrong: 0.01, requests: 6200, candidate_requests: 1700}\n"
        )
            .shared;

    CHECK(world.requests_per_minute == 6'000);
    CHECK(world.course.at(1) == simulation::course_point{std::chrono::hours{1}, 2, 4, 1.5});
    CHECK(
        world.incidents.at(0) ==
        simulation::incident{
            std::chrono::minutes{5}, std::chrono::minutes{4}, std::chrono::hours{1}, 8, 2}
    );
    CHECK(world.total_timeout == std::chrono::seconds{30});
    CHECK(world.history == 0);
    CHECK(world.requests_max == 1'000);
    CHECK(world.time_max == std::chrono::hours{2});
    CHECK(world.tick == std::chrono::milliseconds{250});
    REQUIRE(world.rollout);
    CHECK(world.rollout->candidates == std::vector<std::string>{"v2"});
    CHECK(world.target == simulation::target{0.01, 6'200, 1'700});
}

TEST_CASE(
    "a world's rollout may guard accuracy without saying where labels come from", "[config]"
) {
    auto const world = read(
                           "rollout: {candidate: v2, guardrails: [{metric: accuracy, max_drop: "
                           "0.05, label_age: 5m}]}\n"
    )
                           .shared;

    REQUIRE(world.rollout);
    CHECK(
        world.rollout->guardrails ==
        std::vector<rollout::guardrail_params>{
            {.kind = rollout::metric_kind::accuracy,
             .max_drop = 0.05,
             .age = std::chrono::minutes{5}}}
    );
}

}  // namespace millrace::config
