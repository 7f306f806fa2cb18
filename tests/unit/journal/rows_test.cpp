#include "proxy/journal/rows.hpp"

#include "proxy/journal/connection.hpp"
#include "proxy/journal/schema.hpp"

#include "tests/unit/journal/sample_rows.hpp"

#include <catch2/catch.hpp>

using namespace millrace::journal;  // NOLINT(google-build-using-namespace): the subject of this
                                    // file

namespace {

struct fixture {
    std::string error;
    connection opened = open_connection(":memory:", file_access::read_write, error);
    sqlite3* file = opened.get();

    fixture() {
        REQUIRE(opened);
        REQUIRE(migrate(file).empty());
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

    std::size_t inputs_of(std::int64_t id) {
        return read_inputs(file, {id}, 0, 1000, error).size();
    }
};

}  // namespace

TEST_CASE("a rollout comes back as it was written, the last time", "[journal]") {
    fixture f;
    auto row = sample_rollout(3, "risk");
    f.write({.states = {}, .rollouts = {row}, .inputs = {}, .decisions = {}});
    row.state = "waiting";
    row.memory = std::string(100'000, '\0');
    row.time = std::chrono::milliseconds{INT64_MAX};
    f.write({.states = {}, .rollouts = {row}, .inputs = {}, .decisions = {}});

    CHECK(read_rollout(f.file, {3}, f.error) == row);
    CHECK(read_open_rollouts(f.file, f.error) == std::vector{row});
    CHECK_FALSE(read_rollout(f.file, {4}, f.error));
    CHECK(f.error.empty());
}

TEST_CASE("only rollouts that have not ended are open", "[journal]") {
    fixture f;
    f.write_ended(1, "risk");
    auto const open = sample_rollout(2, "risk");
    f.write({.states = {}, .rollouts = {open}, .inputs = {}, .decisions = {}});

    CHECK(read_open_rollouts(f.file, f.error) == std::vector{open});
    CHECK(read_last_rollout(f.file, f.error) == rollout_id{2});
}

TEST_CASE(
    "rollouts are listed newest first, of one route or all, without their memory", "[journal]"
) {
    fixture f;
    CHECK(read_last_rollout(f.file, f.error) == rollout_id{0});
    f.write_ended(1, "risk");
    f.write_ended(2, "rest");
    f.write_ended(3, "risk");
    auto const ids = [&f](std::string_view route, std::size_t rows_max) {
        std::vector<std::int64_t> found;
        for (auto const& row : read_rollouts(f.file, route, rows_max, f.error)) {
            CHECK(row.memory.empty());
            found.push_back(row.id.value);
        }
        return found;
    };

    CHECK(ids("", 10) == std::vector<std::int64_t>{3, 2, 1});
    CHECK(ids("", 2) == std::vector<std::int64_t>{3, 2});
    CHECK(ids("risk", 10) == std::vector<std::int64_t>{3, 1});
    CHECK(ids("none", 10).empty());
}

TEST_CASE("decisions come page by page in the order in which they were made", "[journal]") {
    fixture f;
    batch written;
    for (auto const* const text : {"one", "two", "three"}) {
        written.decisions.push_back(sample_decision(1, text));
        written.decisions.push_back(sample_decision(2, "another's"));
    }
    f.write(written);

    auto first = read_decisions(f.file, {1}, 0, 2, f.error);
    REQUIRE(first.size() == 2);
    auto const second = read_decisions(f.file, {1}, first.back().id, 2, f.error);

    REQUIRE(second.size() == 1);
    CHECK(second.front().summary == "three");
    CHECK(first[1].summary == "two");
    CHECK(first[0].id < first[1].id);
    auto expected = sample_decision(1, "one");
    expected.id = first[0].id;
    CHECK(first[0] == expected);
}

TEST_CASE("inputs come in the order of their sequence, from any on", "[journal]") {
    fixture f;
    CHECK(read_next_sequence(f.file, {1}, f.error) == 0);
    batch written;
    written.inputs = {{{1}, 2, "c"}, {{1}, 0, any_bytes}, {{2}, 1, "x"}, {{1}, 1, "b"}};
    f.write(written);

    CHECK(
        read_inputs(f.file, {1}, 0, 10, f.error) ==
        std::vector<input_row>{{{1}, 0, any_bytes}, {{1}, 1, "b"}, {{1}, 2, "c"}}
    );
    CHECK(read_inputs(f.file, {1}, 1, 1, f.error) == std::vector<input_row>{{{1}, 1, "b"}});
    CHECK(read_next_sequence(f.file, {1}, f.error) == 3);
}

TEST_CASE("an input that is sent again replaces itself", "[journal]") {
    fixture f;
    batch written;
    written.inputs = {{{1}, 0, "first"}};
    f.write(written);
    written.inputs = {{{1}, 0, "again"}};
    f.write(written);

    CHECK(read_inputs(f.file, {1}, 0, 10, f.error) == written.inputs);
}

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

    std::size_t rounds = 0;
    while (prune_rows(f.file, 1, 2, f.error) != 0) {
        ++rounds;
    }

    CHECK(f.error.empty());
    CHECK(rounds == 4);  // six inputs and two memories, two at a time
    CHECK(f.inputs_of(1) == 0);
    CHECK(f.inputs_of(3) == 0);
    CHECK(f.inputs_of(5) == 3);
    CHECK(f.inputs_of(2) == 3);
    CHECK(f.inputs_of(4) == 1);
    CHECK(read_rollout(f.file, {1}, f.error)->memory.empty());
    CHECK(read_rollout(f.file, {5}, f.error)->memory == any_bytes);
    CHECK(read_decisions(f.file, {1}, 0, 10, f.error).size() == 1);
}

TEST_CASE("a file without the tables is an error to every reader", "[journal]") {
    std::string error;
    auto const opened = open_connection(":memory:", file_access::read_write, error);
    auto* const file = opened.get();
    auto const failed = [&error] {
        bool const is_said = !error.empty();
        error.clear();
        return is_said;
    };

    CHECK((read_route_states(file, error).empty() && failed()));
    CHECK((read_open_rollouts(file, error).empty() && failed()));
    CHECK((read_rollouts(file, "", 1, error).empty() && failed()));
    CHECK((!read_rollout(file, {1}, error) && failed()));
    CHECK((read_last_rollout(file, error) == rollout_id{} && failed()));
    CHECK((read_decisions(file, {1}, 0, 1, error).empty() && failed()));
    CHECK((read_inputs(file, {1}, 0, 1, error).empty() && failed()));
    CHECK((read_next_sequence(file, {1}, error) == 0 && failed()));
    CHECK((prune_rows(file, 1, 1, error) == 0 && failed()));
    write_rows(file, numbered_batch(1), error);
    CHECK(failed());
}
