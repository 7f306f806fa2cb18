#include "proxy/journal/rollback_marks.hpp"

#include "tests/unit/journal/scratch_directory.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>

using millrace::journal::content_of;
using millrace::journal::mark_slot_bytes;
using millrace::journal::memory_place;
using millrace::journal::rollback_mark;
using millrace::journal::rollback_marks;
using millrace::journal::scratch_directory;
using millrace::journal::write_content;

namespace {

using marks = std::vector<rollback_mark>;

const rollback_mark first{"risk", {1}, "v2", 5};
const rollback_mark second{"rest", {2}, "b", 9};

struct fixture {
    scratch_directory directory{memory_place()};
    std::string path = directory.file("rollback.marks");
    std::string error;

    std::unique_ptr<rollback_marks> open() {
        auto opened = rollback_marks::open(directory.path, error);
        INFO(error);
        REQUIRE(opened);
        return opened;
    }

    void damage(std::size_t slot) const {
        auto content = content_of(path);
        content[slot * mark_slot_bytes + 100] ^= 1;
        write_content(path, content);
    }
};

}  // namespace

TEST_CASE("the file is whole and allocated when it is made", "[journal]") {
    fixture f;

    CHECK(f.open()->found().marks.empty());

    struct stat status {};

    REQUIRE(::stat(f.path.c_str(), &status) == 0);
    CHECK(status.st_size == 64 * 4096);
    CHECK(status.st_blocks * 512 >= 64 * 4096);
    CHECK_FALSE(std::filesystem::exists(f.path + ".new"));
}

TEST_CASE("marks are found again in their order, until they are cleared", "[journal]") {
    fixture f;
    REQUIRE(f.open()->mark(first).empty());
    REQUIRE(f.open()->mark(second).empty());
    {
        auto const opened = f.open();
        CHECK(opened->found().marks == marks{first, second});
        CHECK(opened->found().torn == 0);
        CHECK(opened->waiting() == 2);
        REQUIRE(opened->clear(first.rollout, first.candidate).empty());
        CHECK(opened->waiting() == 1);
    }
    CHECK(rollback_marks::read(f.directory.path, f.error).marks == marks{second});
    CHECK(f.error.empty());
}

TEST_CASE("a slot that became free does not change the order", "[journal]") {
    fixture f;
    {
        auto const opened = f.open();
        REQUIRE(opened->mark({"gone", {3}, "x", 1}).empty());
        REQUIRE(opened->mark(first).empty());
        REQUIRE(opened->clear({3}, "x").empty());
    }
    REQUIRE(f.open()->mark(second).empty());  // into the first slot

    CHECK(f.open()->found().marks == marks{first, second});
}

TEST_CASE(
    "a candidate that is marked is not marked twice, another of the rollout is", "[journal]"
) {
    fixture f;
    auto const opened = f.open();
    auto later = first;
    later.epoch = 6;
    auto other = first;
    other.candidate = "v3";

    REQUIRE(opened->mark(first).empty());
    REQUIRE(opened->mark(later).empty());
    REQUIRE(opened->mark(other).empty());

    CHECK(opened->waiting() == 2);
    CHECK(rollback_marks::read(f.directory.path, f.error).marks == marks{first, other});
}

TEST_CASE("torn slots are counted, ignored and used again", "[journal]") {
    fixture f;
    REQUIRE(f.open()->mark(first).empty());
    REQUIRE(f.open()->mark(second).empty());
    f.damage(0);
    {
        auto const opened = f.open();
        CHECK(opened->found().torn == 1);
        CHECK(opened->found().marks == marks{second});
        REQUIRE(opened->mark(first).empty());
    }
    CHECK(f.open()->found().marks == marks{second, first});
    CHECK(f.open()->found().torn == 0);
}

TEST_CASE("a file of another size is made whole with what it holds", "[journal]") {
    fixture f;
    REQUIRE(f.open()->mark(first).empty());
    auto const whole = content_of(f.path);
    for (std::size_t const size : {mark_slot_bytes, mark_slot_bytes + 77, whole.size() + 5}) {
        write_content(f.path, (whole + "extra").substr(0, size));

        CHECK(f.open()->found().marks == marks{first});
        CHECK(content_of(f.path) == whole);
    }
    write_content(f.path, whole.substr(0, 200));  // the mark itself is cut
    CHECK(f.open()->found().torn == 1);
    CHECK(std::filesystem::file_size(f.path) == whole.size());
}

TEST_CASE("with every slot taken a mark is refused until one is cleared", "[journal]") {
    fixture f;
    auto const opened = f.open();
    for (std::int64_t i = 1; i <= 64; ++i) {
        REQUIRE(opened->mark({"risk", {i}, "v2", 1}).empty());
    }

    CHECK_THAT(opened->mark({"risk", {65}, "v2", 1}), Catch::Contains("64"));

    REQUIRE(opened->clear({7}, "v2").empty());
    CHECK(opened->mark({"risk", {65}, "v2", 1}).empty());
}

TEST_CASE("names that do not fit are said", "[journal]") {
    fixture f;

    CHECK_THAT(f.open()->mark({std::string(5000, 'r'), {1}, "v2", 1}), Catch::Contains("too long"));
}

TEST_CASE(
    "a directory that is not there is an error, a file that is not there is empty", "[journal]"
) {
    fixture f;

    CHECK_FALSE(rollback_marks::open(f.directory.file("none"), f.error));
    CHECK_THAT(f.error, Catch::Contains("rollback.marks") && Catch::Contains("No such file"));
    CHECK(rollback_marks::read(f.directory.path, f.error).marks.empty());
    CHECK(f.error.empty());
}
