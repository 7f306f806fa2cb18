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

TEST_CASE("a row that is not what was written is an error", "[journal]") {
    fixture f;
    f.write(numbered_batch(1));
    REQUIRE(read_rollout(f.file, {1}, f.error));

    REQUIRE(run(f.file, "UPDATE rollouts SET memory = x'00'").empty());
    CHECK_FALSE(read_rollout(f.file, {1}, f.error));
    CHECK(f.error == "the record of rollout 1 is damaged");
    REQUIRE(run(f.file, "UPDATE decisions SET evidence = '{}'").empty());
    CHECK(read_decisions(f.file, {1}, 0, 10, f.error).empty());
    CHECK(f.error == "the record of decision 1 is damaged");
    REQUIRE(run(f.file, "UPDATE route_state SET state = 'v2=100' WHERE route = 'b'").empty());
    (void)read_route_states(f.file, f.error);
    CHECK(f.error == "the record of route 'b' is damaged");
}

TEST_CASE("a row of an older millrace has no checksum and is read", "[journal]") {
    fixture f;
    f.write(numbered_batch(1));

    REQUIRE(run(f.file, "UPDATE rollouts SET memory = x'00', checksum = 0").empty());

    CHECK(read_rollout(f.file, {1}, f.error));
    CHECK(f.error.empty());
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
    write_rows(file, numbered_batch(1), error);
    CHECK(failed());
}
