#include "proxy/app/journal_rows.hpp"

#include "tests/unit/app/recorded_rollout.hpp"

#include <catch2/catch.hpp>

namespace millrace::app {

using namespace std::chrono_literals;

TEST_CASE("inputs in a block come back as they were", "[app][journal]") {
    rollout::input one;
    one.now = 250ms;
    one.commands = {rollout::command::pause};
    rollout::input other;
    other.now = 500ms;
    other.committed = true;
    std::vector<rollout::input> const both{one, other};

    auto const block = to_block(both);

    CHECK(inputs_of(block, 2) == both);
    CHECK(inputs_of(to_block({}), 0) == std::vector<rollout::input>{});
    CHECK_FALSE(inputs_of(block, 1));
    CHECK_FALSE(inputs_of(block, 3));
    for (std::size_t cut = 1; cut < block.size(); ++cut) {
        CHECK_FALSE(inputs_of(std::string_view{block}.substr(0, cut), 2));
    }
    CHECK_FALSE(inputs_of(block + "x", 2));
}

TEST_CASE("a commit's row says what a replay and a count of attempts need", "[app][journal]") {
    rollout::experiment const begun{recorded_params(), 1s};
    control::rollout_commit what;
    what.route = "risk";
    what.rollout = {4};
    what.total_timeout = 3s;
    what.artifacts = "candidate@1";
    what.params = recorded_params();
    what.memory = begun.remembered();
    what.closed = true;

    auto const row = rollout_row_of(what, "epoch 1\n", 17);

    CHECK(row.total_timeout == 3s);
    CHECK(row.attempt == 2);
    CHECK(row.artifacts == "candidate@1");
    CHECK(row.phase == "initializing");
    CHECK(row.next_input == 17);
    CHECK(row.ended);
    CHECK(closing_row_of(row, "gone").input == -1);
    CHECK(closing_row_of(row, "gone").summary == "gone");
}

}  // namespace millrace::app
