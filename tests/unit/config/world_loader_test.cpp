#include "proxy/config/world_loader.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <string>
#include <string_view>

namespace millrace::config {

namespace {

constexpr std::string_view two_versions = "versions: {v1: {}, v2: {error_rate: 0.1}}\n";

std::string errors_in(std::string_view text) {
    auto const loaded = load_world_text(text, "w");
    return loaded ? "" : to_text(loaded.error());
}

std::string with_versions(std::string_view more) {
    return std::string{two_versions} + std::string{more};
}

std::vector<simulation::world_case> worlds_in(std::string_view text) {
    auto loaded = load_world_text(text, "w");
    INFO((loaded ? "" : to_text(loaded.error())));
    REQUIRE(loaded.has_value());
    return *loaded;
}

}  // namespace

TEST_CASE("a file without cases is one world", "[config]") {
    auto const worlds = worlds_in(two_versions);

    REQUIRE(worlds.size() == 1);
    CHECK(worlds.front().name.empty());
    CHECK(worlds.front().world.versions.size() == 2);
}

TEST_CASE("a case is the file's world with its differences, wherever the cases stand", "[config]") {
    auto const worlds = worlds_in(
        "cases:\n"
        "- {name: slow, requests_per_minute: 6}\n"
        "- {name: equal, versions: {v1: {}, v2: {}}}\n"
        "requests_per_minute: 60\n"
        "versions: {v1: {}, v2: {error_rate: 0.1}}\n"
    );

    REQUIRE(worlds.size() == 2);
    CHECK(worlds[0].name == "slow");
    CHECK(worlds[0].world.requests_per_minute == 6);
    CHECK(worlds[0].world.versions[1].from_start.error_rate == 0.1);
    CHECK(worlds[1].world.requests_per_minute == 60);
    CHECK(worlds[1].world.versions[1].from_start.error_rate == 0);
}

TEST_CASE("the primary is the version that is no candidate, if just one is", "[config]") {
    auto const rollout = "rollout: {candidate: v2, guardrails: [{metric: error_rate}]}\n";
    CHECK(worlds_in(with_versions(rollout)).front().world.rollout->primary == "v1");

    CHECK(
        errors_in("versions: {v1: {}, v2: {}, v3: {}}\n" + std::string{rollout}) ==
        "w:1:1: expected a rollout that names its primary: several versions can be it\n"
    );
}

TEST_CASE("errors say where, what was expected, and the nearest name", "[config]") {
    auto const unknown = errors_in(with_versions("incident: []\n"));
    CHECK(unknown.starts_with("w:2:1: incident: expected versions, "));
    CHECK(unknown.ends_with("got 'incident'; did you mean 'incidents'?\n"));
    CHECK(
        errors_in("versions: {v1: {}, v2: {eror_rate: 0.1}}\n")
            .find("did you mean 'error_rate'?") != std::string::npos
    );
    CHECK(errors_in("versions: {v1: {}, v2: {error_rate: 2}}\n").starts_with("w:1:"));
    CHECK(
        errors_in(with_versions("cases:\n- {name: x, rollout: {candidate: v3, primary: v1, "
                                "guardrails: [{metric: error_rate}]}}\n")) ==
        "w:3:3: cases[0]: expected a version of the world in its rollout, got 'v3'; did you mean "
        "'v1'?\n"
    );
    CHECK(errors_in("versions: {v1: {}}\n") == "w:1:1: expected at least two versions, got 1\n");
    CHECK_FALSE(errors_in(with_versions("cases: [{}]\n")).empty());
    CHECK_FALSE(errors_in(with_versions("cases: []\n")).empty());
    CHECK_FALSE(errors_in("[1, 2").empty());
    CHECK(load_world_file("/absent.yaml").has_error());
}

TEST_CASE("times must rise", "[config]") {
    CHECK(
        errors_in(with_versions("course: [{at: 5m}, {at: 5m}]\n")) ==
        "w:1:1: expected a course whose times rise\n"
    );
    CHECK(
        errors_in("versions: {v1: {}, v2: {changes: [{at: 5m}, {at: 1m}]}}\n") ==
        "w:1:1: expected changes of 'v2' whose times rise\n"
    );
}

TEST_CASE("the worlds of the benchmarks load", "[config]") {
    for (auto const& entry :
         std::filesystem::directory_iterator{MILLRACE_SOURCE_DIR "/bench/worlds"}) {
        if (entry.path().extension() != ".yaml") {
            continue;
        }
        auto const loaded = load_world_file(entry.path().string());
        INFO((loaded ? "" : to_text(loaded.error())));
        REQUIRE(loaded.has_value());
        for (auto const& each : *loaded) {
            CHECK(each.world.rollout.has_value());
        }
    }
}

}  // namespace millrace::config
