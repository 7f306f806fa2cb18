#include "proxy/app/replay.hpp"

#include "tests/unit/app/recorded_rollout.hpp"
#include "tests/unit/journal/scratch_directory.hpp"

#include <catch2/catch.hpp>

namespace millrace::app {

namespace {

using journal::scratch_directory;
using rollout::phase;

replay_report replayed(
    const scratch_directory& directory, std::optional<double> tolerance = std::nullopt
) {
    std::string error;
    auto const reader = journal::reader::open(directory.path, error);
    INFO(error);
    REQUIRE(reader);
    return replay(*reader, {1}, tolerance);
}

void check_clean(const replay_report& report) {
    INFO(report.error);
    CHECK(report.error.empty());
    for (auto const& each : report.differences) {
        INFO(each);
        CHECK(each.empty());
    }
}

}  // namespace

TEST_CASE("every decision of a rollout comes out bit for bit", "[app][replay]") {
    scratch_directory const directory;
    recorded_rollout played{directory.path};
    played.play(60, 1);
    REQUIRE(played.state().phase == phase::succeeded);

    auto const report = replayed(directory);

    check_clean(report);
    CHECK(report.exact);
    CHECK(report.inputs == 60);
    CHECK(report.decisions == 3);  // started, one step, promoted
    CHECK(report.memories == 2);   // the beginning and the end
    CHECK(report.decisions_without_inputs == 0);
}

TEST_CASE("a rollback is replayed like everything else", "[app][replay]") {
    scratch_directory const directory;
    recorded_rollout played{directory.path};
    played.play(3, 1);
    played.play(5, 60);
    REQUIRE(played.state().phase == phase::failed);

    auto const report = replayed(directory);

    check_clean(report);
    CHECK(report.decisions == 3);  // started, one step, violated
}

TEST_CASE("processes that go on are one story", "[app][replay]") {
    scratch_directory const directory;
    recorded_rollout played{directory.path};
    played.play(3, 1);
    played.kill_and_resume();
    played.play(4, 1);
    played.kill_and_resume();
    played.play(4, 1);

    auto const report = replayed(directory);

    check_clean(report);
    CHECK(report.resumes == 2);
    CHECK(report.missing == std::chrono::milliseconds{1400});
    CHECK(report.inputs == 11);
    CHECK(report.memories == 4);
}

TEST_CASE("what was proposed when the process died is gone on from", "[app][replay]") {
    scratch_directory const directory;
    recorded_rollout played{directory.path};
    played.play(1, 1);  // proposes the first step
    played.kill_and_resume();
    CHECK(played.state().phase == phase::progressing);
    played.play(3, 1);

    check_clean(replayed(directory));
}

TEST_CASE("a candidate that was marked between two processes is understood", "[app][replay]") {
    scratch_directory const directory;
    recorded_rollout played{directory.path};
    played.play(4, 1);
    played.kill_and_resume(true);
    played.play(2, 1);
    REQUIRE(played.state().phase == phase::failed);

    check_clean(replayed(directory));
}

TEST_CASE("a mark of a rollback that was committed too changes nothing", "[app][replay]") {
    scratch_directory const directory;
    recorded_rollout played{directory.path};
    played.play(3, 1);
    played.play(5, 60);
    REQUIRE(played.state().phase == phase::failed);
    played.kill_and_resume(true);
    played.play(2, 1);

    check_clean(replayed(directory));
}

TEST_CASE("a proposal that the disk refused is no decision", "[app][replay]") {
    scratch_directory const directory;
    recorded_rollout played{directory.path};
    played.refuse_next_proposal();
    played.play(6, 1);
    REQUIRE(played.state().phase == phase::progressing);

    auto const report = replayed(directory);

    check_clean(report);
    CHECK(report.inputs == 6);
    CHECK(report.inputs_lost == 0);
}

TEST_CASE("inputs that were lost cost what they decided, not the rest", "[app][replay]") {
    scratch_directory const directory;
    recorded_rollout played{directory.path};
    played.play(5, 1);
    played.lose_inputs(1000);
    played.play(60, 1);

    auto const report = replayed(directory);

    check_clean(report);
    CHECK(report.inputs_lost == 1001);  // and those that came with the news
    CHECK(report.inputs == 64);
}

TEST_CASE("one digit of the evidence that changed is named", "[app][replay]") {
    scratch_directory const directory;
    recorded_rollout played{directory.path};
    played.play(8, 30);
    played.tamper(
        "UPDATE decisions SET checksum = 0, evidence ="
        " replace(evidence, '\"bad\":1,', '\"bad\":2,'),"
        " summary = summary || '!' WHERE reason != 'started'"
    );

    auto const report = replayed(directory);

    REQUIRE(report.differences.size() == 1);
    CHECK_THAT(report.differences[0], Catch::Contains("guardrail violated"));
}

TEST_CASE("decisions that nobody made, or that are missing, are differences", "[app][replay]") {
    scratch_directory const directory;
    recorded_rollout played{directory.path};
    played.play(8, 30);

    played.tamper("DELETE FROM decisions WHERE reason = 'guardrail violated'");
    CHECK(replayed(directory).differences.size() == 1);
    played.tamper("UPDATE decisions SET input = 6, checksum = 0");
    CHECK_FALSE(replayed(directory).differences.empty());
}

TEST_CASE("a flipped byte is damage, not a difference", "[app][replay]") {
    scratch_directory const directory;
    recorded_rollout played{directory.path};
    played.play(8, 1);
    played.tamper("UPDATE inputs SET data = zeroblob(length(data)) WHERE sequence = 5");

    auto const report = replayed(directory);

    CHECK(report.is_damaged);
    CHECK_THAT(report.error, Catch::Contains("input 5 is damaged"));
}

TEST_CASE("inputs that are missing in the middle are said", "[app][replay]") {
    scratch_directory const directory;
    recorded_rollout played{directory.path};
    played.play(8, 1);
    played.tamper("DELETE FROM inputs WHERE sequence BETWEEN 3 AND 4");

    auto const report = replayed(directory);

    REQUIRE(report.differences.size() >= 1);
    CHECK(report.differences[0] == "inputs 3 to 4 are missing");
}

TEST_CASE("what another build recorded is compared by value", "[app][replay]") {
    scratch_directory const directory;
    recorded_rollout played{directory.path};
    played.play(60, 1);
    played.tamper("UPDATE checkpoints SET build = 'another', checksum = checksum");
    CHECK(replayed(directory).is_damaged);  // the checksum is of the build, too
}

TEST_CASE("with a tolerance verdicts and values are compared, not bits", "[app][replay]") {
    scratch_directory const directory;
    recorded_rollout played{directory.path};
    played.play(60, 1);
    played.tamper("UPDATE decisions SET checksum = 0, summary = 'rounded otherwise'");

    auto const near = replayed(directory, 1e-9);
    check_clean(near);
    CHECK_FALSE(near.exact);
    CHECK(near.decisions == 3);
    CHECK_FALSE(replayed(directory, 0).differences.empty());
}

TEST_CASE("from the oldest checkpoint on what is kept is verified", "[app][replay]") {
    scratch_directory const directory;
    journal::params chosen;
    chosen.rollout_bytes_max = 8'000;  // a checkpoint at each kilobyte
    recorded_rollout played{directory.path, chosen};
    played.play(60, 1);
    auto const whole = replayed(directory);
    check_clean(whole);
    CHECK(whole.memories > 5);
    played.tamper(
        "DELETE FROM inputs WHERE sequence < (SELECT max(sequence) FROM checkpoints);"
        "DELETE FROM checkpoints WHERE sequence < (SELECT max(sequence) FROM checkpoints)"
    );

    auto const rest = replayed(directory);

    check_clean(rest);
    CHECK(rest.first_input > 0);
    CHECK(rest.inputs < 60);
    CHECK(rest.decisions_without_inputs > 0);
}

TEST_CASE("without inputs nothing can be said", "[app][replay]") {
    scratch_directory const directory;
    recorded_rollout played{directory.path};
    played.play(2, 1);
    played.tamper("DELETE FROM inputs; DELETE FROM checkpoints");

    auto const report = replayed(directory);

    CHECK_THAT(report.error, Catch::Contains("not kept"));
    CHECK_FALSE(report.is_damaged);
}

}  // namespace millrace::app
