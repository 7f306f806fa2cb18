#include "proxy/app/stopped_journal.hpp"

#include "proxy/journal/rollback_marks.hpp"

#include "tests/unit/app/recorded_rollout.hpp"
#include "tests/unit/journal/sample_rows.hpp"
#include "tests/unit/journal/scratch_directory.hpp"

#include <catch2/catch.hpp>

#include <cstdio>
#include <fstream>

namespace millrace::app {

namespace {

using journal::scratch_directory;

std::vector<journal::rollback_mark> marks_in(const scratch_directory& directory) {
    std::string error;
    return journal::rollback_marks::read(directory.path, error).marks;
}

}  // namespace

TEST_CASE("a stopped journal records nothing and says why", "[app][journal]") {
    scratch_directory const directory;
    stopped_journal tested{directory.path, {}, "the disk is full"};
    tested.count_from(6);
    std::string told;

    tested.commit({}, [&told](const std::string& error) { told = error; });

    CHECK(told == "the disk is full");
    CHECK(tested.why() == "the disk is full");
    CHECK(tested.next_id() == journal::rollout_id{7});
}

TEST_CASE("rollbacks are marked where they can be", "[app][journal]") {
    scratch_directory const directory;
    {
        stopped_journal tested{directory.path, {}, "the database is damaged"};
        tested.mark_rollback({"risk", {3}, "v2", 9});
    }
    CHECK(marks_in(directory).size() == 1);
    {
        stopped_journal nowhere{"/proc/none", {}, "it cannot be made"};
        nowhere.mark_rollback({"risk", {4}, "v2", 9});
    }
    CHECK(marks_in(directory).size() == 1);
}

TEST_CASE("what is left is read, or only the marks", "[app][journal]") {
    scratch_directory const directory;
    std::string error;
    REQUIRE(journal::open_store(directory.path)->write(journal::numbered_batch(1)).empty());
    REQUIRE(
        journal::rollback_marks::open(directory.path, error)->mark({"risk", {1}, "v2", 3}).empty()
    );

    auto const whole = read_what_is_left(directory.path, error);
    CHECK(error.empty());
    CHECK(whole.routes.size() == 2);
    CHECK(whole.marks.size() == 1);

    std::ofstream{directory.path + "/millrace.db"} << "no database";
    std::remove((directory.path + "/millrace.db-wal").c_str());
    auto const damaged = read_what_is_left(directory.path, error);
    CHECK_FALSE(error.empty());
    CHECK(damaged.routes.empty());
    CHECK(damaged.marks.size() == 1);
}

}  // namespace millrace::app
