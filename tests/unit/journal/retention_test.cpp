#include "proxy/journal/retention.hpp"

#include "proxy/journal/connection.hpp"
#include "proxy/journal/input_rows.hpp"
#include "proxy/journal/rows.hpp"
#include "proxy/journal/schema.hpp"

#include "tests/unit/journal/sample_rows.hpp"

#include <catch2/catch.hpp>

using namespace millrace::journal;  // NOLINT(google-build-using-namespace): the subject of this
                                    // file
using namespace std::chrono_literals;

namespace {

struct fixture {
    std::string error;
    connection opened = open_connection(":memory:", file_access::read_write, error);
    sqlite3* file = opened.get();
    params kept;

    fixture() {
        REQUIRE(opened);
        REQUIRE(migrate(file).empty());
        kept.replayable_rollouts_max = 1;
    }

    void write(const batch& written) {
        write_rows(file, written, error);
        INFO(error);
        REQUIRE(error.empty());
    }

    /// An ended rollout with three inputs.
    void write_ended(std::int64_t id, const std::string& route) {
        batch ended;
        ended.rollouts = {sample_rollout(id, route)};
        ended.rollouts.front().ended = true;
        ended.inputs = {{{id}, 0, "a"}, {{id}, 1, "b"}, {{id}, 2, "c"}};
        ended.decisions = {sample_decision(id, "over")};
        write(ended);
    }

    /// An open rollout of four minutes: a checkpoint at each minute, ten inputs of a kilobyte
    /// behind it.
    void write_open() {
        batch open;
        open.rollouts = {sample_rollout(7, "risk")};
        for (std::uint64_t minute = 0; minute < 4; ++minute) {
            open.checkpoints.push_back(sample_checkpoint(7, minute * 10));
            open.checkpoints.back().time = std::chrono::minutes{minute};
            for (std::uint64_t i = 0; i < 10; ++i) {
                open.inputs.push_back({{7}, minute * 10 + i, std::string(1024, 'x')});
            }
        }
        write(open);
    }

    std::size_t prune() {
        std::size_t rounds = 0;
        while (prune_rows(file, kept, 4, error) != 0) {
            ++rounds;
        }
        CHECK(error.empty());
        return rounds;
    }

    std::size_t inputs_of(std::int64_t id) {
        return read_inputs(file, {id}, 0, 1000, error).size();
    }

    std::vector<std::uint64_t> checkpoints() {
        std::vector<std::uint64_t> places;
        for (auto const& each : read_checkpoints(file, {7}, 0, 100, error)) {
            places.push_back(each.sequence);
        }
        return places;
    }
};

using places = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("old rollouts of each route lose inputs and memory, never decisions", "[journal]") {
    fixture f;
    for (std::int64_t const id : {1, 3, 5}) {
        f.write_ended(id, "risk");
    }
    f.write_ended(2, "rest");
    batch open;
    open.rollouts = {sample_rollout(4, "risk")};
    open.inputs = {{{4}, 0, "a"}};
    f.write(open);

    CHECK(f.prune() == 3);  // six inputs, four at a time, and two memories

    CHECK(f.inputs_of(1) == 0);
    CHECK(f.inputs_of(3) == 0);
    CHECK(f.inputs_of(5) == 3);
    CHECK(f.inputs_of(2) == 3);
    CHECK(f.inputs_of(4) == 1);
    CHECK(read_rollout(f.file, {1}, f.error)->memory.empty());
    CHECK(read_rollout(f.file, {5}, f.error)->memory == any_bytes);
    CHECK(read_decisions(f.file, {1}, 0, 10, f.error).size() == 1);
}

TEST_CASE("what is within the retention stays", "[journal]") {
    fixture f;
    f.write_open();

    CHECK(f.prune() == 0);

    CHECK(f.checkpoints() == places{0, 10, 20, 30});
    CHECK(f.inputs_of(7) == 40);
}

TEST_CASE("inputs leave from one checkpoint to the next when they are old", "[journal]") {
    fixture f;
    f.write_open();
    f.kept.retention = 90s;  // the last checkpoint is at 3 min: from 1 min on

    f.prune();

    CHECK(f.checkpoints() == places{10, 20, 30});
    CHECK(f.inputs_of(7) == 30);
    CHECK(read_next_sequence(f.file, {7}, f.error) == 40);
}

TEST_CASE("inputs leave when they are too many, the newest segment never", "[journal]") {
    fixture f;
    f.write_open();

    f.kept.rollout_bytes_max = 20 * 1024;
    f.prune();
    CHECK(f.checkpoints() == places{20, 30});
    CHECK(f.inputs_of(7) == 20);

    f.kept.rollout_bytes_max = 1;
    f.prune();
    CHECK(f.checkpoints() == places{30});
    CHECK(f.inputs_of(7) == 10);
}

TEST_CASE("a file without the tables is an error to who prunes", "[journal]") {
    std::string error;
    auto const opened = open_connection(":memory:", file_access::read_write, error);

    CHECK(prune_rows(opened.get(), {}, 1, error) == 0);
    CHECK_FALSE(error.empty());
}
