#include "tests/unit/config/load_support.hpp"

#include <catch2/catch.hpp>

using namespace millrace::config;
using namespace millrace::config::test;
using namespace std::chrono_literals;

TEST_CASE("a journal has a retention and limits", "[config]") {
    auto const read = loaded(with_basics("journal: {retention: 30m, rollout_bytes_max: 2MiB, "
                                         "replayable_rollouts_max: 0, commits_waiting_max: 7, "
                                         "marks_waiting_max: 8}"))
                          .journal;

    CHECK(read.retention == 30min);
    CHECK(read.rollout_bytes_max == 2U << 20U);
    CHECK(read.replayable_rollouts_max == 0);
    CHECK(read.commits_waiting_max == 7);
    CHECK(read.marks_waiting_max == 8);
    CHECK(loaded(with_basics("")).journal == millrace::journal::params{});
}

TEST_CASE("what a journal cannot be is told with its range", "[config]") {
    CHECK_THAT(
        errors_of(with_basics("journal: {retention: 1s}")), Catch::Contains("journal.retention")
    );
    CHECK_THAT(
        errors_of(with_basics("journal: {rollout_bytes_max: 1}")),
        Catch::Contains("journal.rollout_bytes_max")
    );
    CHECK_THAT(
        errors_of(with_basics("journal: {commits_waiting_max: 0}")),
        Catch::Contains("journal.commits_waiting_max")
    );
}
