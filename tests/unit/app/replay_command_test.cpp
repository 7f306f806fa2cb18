#include "proxy/app/commands.hpp"

#include "tests/unit/app/recorded_rollout.hpp"
#include "tests/unit/journal/scratch_directory.hpp"

#include <catch2/catch.hpp>

#include <string_view>
#include <vector>

namespace millrace::app {

namespace {

int run(const std::vector<std::string_view>& given) {
    return replay_command(given);
}

}  // namespace

TEST_CASE("the exit code of a replay says what came of it", "[app][replay]") {
    journal::scratch_directory const directory;
    auto const where = "--data-dir=" + directory.path;
    CHECK(run({where}) == exit_nothing_verified);
    recorded_rollout played{directory.path};
    played.play(8, 30);

    CHECK(run({where}) == exit_ok);
    CHECK(run({where, "risk", "--json"}) == exit_ok);
    CHECK(run({where, "1", "--tolerance", "0"}) == exit_ok);
    CHECK(run({where, "2"}) == exit_nothing_verified);
    CHECK(run({where, "other"}) == exit_nothing_verified);
    played.tamper("DELETE FROM decisions");
    CHECK(run({where}) == exit_failed);
    played.tamper("UPDATE inputs SET data = x'00'");
    CHECK(run({where}) == exit_failed);
}

TEST_CASE("a wrong command line is said before anything is read", "[app][replay]") {
    CHECK(run({"--help"}) == exit_ok);
    CHECK(run({}) == exit_bad_arguments);
    CHECK(run({"--data-dir=/tmp", "a", "b"}) == exit_bad_arguments);
    CHECK(run({"--data-dir=/tmp", "--tolerance=-1"}) == exit_bad_arguments);
    CHECK(run({"--data-dir=/tmp", "--tolerance=x"}) == exit_bad_arguments);
    CHECK(run({"--wrong"}) == exit_bad_arguments);
}

}  // namespace millrace::app
