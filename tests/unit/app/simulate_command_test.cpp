#include "proxy/app/commands.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

namespace millrace::app {

namespace {

constexpr std::string_view worlds =
    "versions: {v1: {error_rate: 0.001}, v2: {error_rate: 0.2}}\n"
    "total_timeout: 1s\n"
    "rollout: {candidate: v2, guardrails: [{metric: error_rate}]}\n"
    "cases:\n"
    "- {name: fast, target: {wrong: 0.5}}\n"
    "- {name: slow, target: {requests: 1}}\n";

/// Worlds, and a configuration with a rollout, in files that go away.
class fixture {
 public:
    fixture() {
        std::filesystem::create_directories(folder_);
        write("world.yaml", worlds);
        write(
            "config.yaml",
            "listeners: [{bind: 127.0.0.1:8080}]\n"
            "backends: {v1: {url: \"http://127.0.0.1:9001\"}, v2: {url: "
            "\"http://127.0.0.1:9002\"}}\n"
            "routes:\n"
            "- name: r\n"
            "  backend_refs: [{backend: v1, weight: 100}, {backend: v2, weight: 0}]\n"
            "  rollout: {candidate: v2, guardrails: [{metric: error_rate}]}\n"
        );
    }

    ~fixture() { std::filesystem::remove_all(folder_); }

    fixture(const fixture&) = delete;
    fixture& operator=(const fixture&) = delete;

    void write(const std::string& name, std::string_view text) const {
        std::ofstream{path(name)} << text;
    }

    [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }

    /// Ten runs of world.yaml with more arguments.
    [[nodiscard]] int run(const std::vector<std::string>& more) const {
        std::vector<std::string> all{"--world", path("world.yaml"), "--runs", "10"};
        all.insert(all.end(), more.begin(), more.end());
        std::vector<std::string_view> const given{all.begin(), all.end()};
        return simulate_command(given);
    }

 private:
    // ctest runs each case as a process of its own, several at once.
    std::string folder_ = std::filesystem::temp_directory_path() /
                          ("millrace_simulate_test_" + std::to_string(::getpid()));
};

int run_bare(const std::vector<std::string_view>& given) {
    return simulate_command(given);
}

}  // namespace

TEST_CASE("a world is simulated, and a missed target is told by the exit code", "[app]") {
    fixture const files;

    CHECK(files.run({"--case", "fast"}) == exit_ok);
    CHECK(files.run({"--case", "fast", "--json", "--rules", "--seed", "7"}) == exit_ok);
    CHECK(files.run({"--case", "slow"}) == exit_failed);
}

TEST_CASE("the rollout of a configuration takes the world's place", "[app]") {
    fixture const files;

    CHECK(files.run({"--case", "fast", "-c", files.path("config.yaml")}) == exit_ok);
    CHECK(
        files.run({"--case", "fast", "-c", files.path("config.yaml"), "--route", "r"}) == exit_ok
    );
    CHECK(
        files.run({"--case", "fast", "-c", files.path("config.yaml"), "--route", "x"}) ==
        exit_bad_config
    );
    files.write("world.yaml", "versions: {a: {}, b: {}}\n");
    CHECK(files.run({"-c", files.path("config.yaml")}) == exit_bad_config);
    CHECK(files.run({}) == exit_bad_config);
}

TEST_CASE("a configuration alone is forecast for a traffic", "[app]") {
    fixture const files;
    auto const config = files.path("config.yaml");

    CHECK(run_bare({"-c", config, "--requests-per-hour", "10"}) == exit_ok);
    CHECK(run_bare({"-c", config, "--requests-per-hour", "10", "--route", "x"}) == exit_bad_config);
    CHECK(run_bare({"-c", config, "--requests-per-hour", "0"}) == exit_bad_arguments);
    CHECK(run_bare({"-c", config}) == exit_bad_arguments);
    CHECK(run_bare({"--requests-per-hour", "10"}) == exit_bad_arguments);
}

TEST_CASE("wrong files and wrong arguments are told apart", "[app]") {
    fixture const files;

    CHECK(files.run({"--case", "none"}) == exit_bad_config);
    CHECK(files.run({"-c", files.path("absent.yaml")}) == exit_bad_config);
    CHECK(files.run({"--runs", "0"}) == exit_bad_arguments);
    CHECK(files.run({"--runs", "many"}) == exit_bad_arguments);
    CHECK(files.run({"more"}) == exit_bad_arguments);
    CHECK(run_bare({}) == exit_bad_arguments);
    CHECK(run_bare({"--world", "/absent.yaml"}) == exit_bad_config);
    CHECK(run_bare({"--help"}) == exit_ok);
}

}  // namespace millrace::app
