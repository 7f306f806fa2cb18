#include "proxy/app/commands.hpp"

#include <catch2/catch.hpp>

#include <string_view>
#include <vector>

using namespace millrace::app;  // NOLINT(google-build-using-namespace): every line here needs it

namespace {

int run(std::vector<std::string_view> given) {
    given.insert(given.end(), {"--admin", "unix:/no/such/socket"});
    return run_command(given);
}

}  // namespace

TEST_CASE("commands about rollouts ask the gateway", "[app][rollout]") {
    CHECK(run({"rollouts"}) == exit_unreachable);
    CHECK(run({"rollouts", "risk"}) == exit_unreachable);
    CHECK(run({"explain", "risk"}) == exit_unreachable);
    // The token is missing too, which is found first, or nobody answers.
    for (auto const* command : {"pause", "resume", "approve", "promote", "rollback"}) {
        CAPTURE(command);
        CHECK(run({command, "risk", "--why", "a test"}) == exit_unreachable);
    }
}

TEST_CASE("a command about one rollout needs its route", "[app][rollout]") {
    for (auto const* command : {"explain", "pause", "resume", "approve", "promote", "rollback"}) {
        CAPTURE(command);
        CHECK(run({command}) == exit_bad_arguments);
        CHECK(run({command, "risk", "other"}) == exit_bad_arguments);
    }
    CHECK(run({"rollouts", "risk", "other"}) == exit_bad_arguments);
}

TEST_CASE("what decides in place of the evidence needs a reason", "[app][rollout]") {
    for (auto const* command : {"promote", "rollback"}) {
        CAPTURE(command);
        CHECK(run({command, "risk"}) == exit_bad_arguments);
        CHECK(run({command, "risk", "--why", ""}) == exit_bad_arguments);
    }
    for (auto const* command : {"pause", "resume", "approve"}) {
        CAPTURE(command);
        CHECK(run({command, "risk"}) == exit_unreachable);
    }
    CHECK(run({"explain", "risk", "--why", "x"}) == exit_bad_arguments);
}
