#include "proxy/app/commands.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

using namespace millrace::app;  // NOLINT(google-build-using-namespace): every line here needs it

namespace {

constexpr auto commands = {
    "serve",
    "check",
    "status",
    "weights",
    "schema",
    "stats",
    "rollouts",
    "explain",
    "pause",
    "resume",
    "approve",
    "promote",
    "rollback"};

int run(const std::vector<std::string_view>& given) {
    return run_command(given);
}

}  // namespace

TEST_CASE("without a command the help is shown and the exit code says so", "[app][commands]") {
    CHECK(run({}) == exit_bad_arguments);
}

TEST_CASE("asking for help or the version is no error", "[app][commands]") {
    CHECK(run({"--help"}) == exit_ok);
    CHECK(run({"-h"}) == exit_ok);
    CHECK(run({"help"}) == exit_ok);
    CHECK(run({"--version"}) == exit_ok);
}

TEST_CASE("every command has help", "[app][commands]") {
    for (auto const* command : commands) {
        CAPTURE(command);
        CHECK(run({command, "--help"}) == exit_ok);
        CHECK(run({command, "-h"}) == exit_ok);
    }
}

TEST_CASE("what is no command is refused", "[app][commands]") {
    CHECK(run({"unknown"}) == exit_bad_arguments);
    CHECK(run({"Serve"}) == exit_bad_arguments);
    CHECK(run({"--unknown"}) == exit_bad_arguments);
    CHECK(run({""}) == exit_bad_arguments);
}

TEST_CASE("an unknown option of a command is refused", "[app][commands]") {
    for (auto const* command : commands) {
        CAPTURE(command);
        CHECK(run({command, "--unknown"}) == exit_bad_arguments);
    }
}

TEST_CASE("a configuration that is missing or wrong has its own exit code", "[app][commands]") {
    CHECK(run({"check", "-c", "/no/such/file.yaml"}) == exit_bad_config);
    CHECK(run({"serve", "-c", "/no/such/file.yaml"}) == exit_bad_config);
    CHECK(run({"check", "-c", MILLRACE_SOURCE_DIR "/README.md"}) == exit_bad_config);
}

TEST_CASE("the shipped configurations are valid", "[app][commands]") {
    CHECK(run({"check", "-c", MILLRACE_SOURCE_DIR "/config/minimal.yaml"}) == exit_ok);
}

TEST_CASE("a gateway that does not run is told apart", "[app][commands]") {
    CHECK(run({"status", "--admin", "unix:/no/such/socket"}) == exit_unreachable);
    CHECK(run({"weights", "route", "--admin", "unix:/no/such/socket"}) == exit_unreachable);
}
