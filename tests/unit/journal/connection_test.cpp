#include "proxy/journal/connection.hpp"

#include "tests/unit/journal/scratch_directory.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace millrace::journal;  // NOLINT(google-build-using-namespace): the subject of this
                                    // file

namespace {

connection open(const std::string& path, file_access access) {
    std::string error;
    auto opened = open_connection(path, access, error);
    INFO(error);
    REQUIRE(opened);
    return opened;
}

}  // namespace

TEST_CASE("what one connection writes another reads", "[journal]") {
    scratch_directory const directory;
    auto const path = directory.file("some?odd#name%41.db");
    {
        auto const writing = open(path, file_access::read_write);
        REQUIRE(run(writing.get(), "CREATE TABLE t(a); INSERT INTO t VALUES('there')").empty());
    }
    for (auto const access : {file_access::read_only, file_access::immutable}) {
        auto const reading = open(path, access);
        std::string error;
        CHECK(single_text(reading.get(), "SELECT a FROM t", error) == "there");
        CHECK(error.empty());
        CHECK_FALSE(run(reading.get(), "INSERT INTO t VALUES('more')").empty());
    }
}

TEST_CASE("a file that is not there is an error to who only reads", "[journal]") {
    scratch_directory const directory;
    std::string error;

    CHECK_FALSE(open_connection(directory.file("none.db"), file_access::read_only, error));

    CHECK_THAT(error, Catch::Contains("unable to open"));
    CHECK_THAT(error, Catch::Contains("No such file"));
}

TEST_CASE("wrong SQL is an error text, no row an empty one", "[journal]") {
    scratch_directory const directory;
    auto const opened = open(directory.file("some.db"), file_access::read_write);
    std::string error;

    CHECK_THAT(run(opened.get(), "SELECT a FROM nowhere"), Catch::Contains("nowhere"));
    CHECK(single_text(opened.get(), "SELECT 1 WHERE 0", error).empty());
    CHECK(error.empty());
    CHECK(single_text(opened.get(), "SELEKT", error).empty());
    CHECK_THAT(error, Catch::Contains("SELEKT"));
}

TEST_CASE("what is left of a torn file is not taken for a new one", "[journal]") {
    scratch_directory const directory;
    std::ofstream{directory.file("torn.db")} << "SQLite format 3" << '\0' << "and no more";
    std::ofstream{directory.file("new.db")} << "";
    std::string error;

    CHECK_FALSE(open_connection(directory.file("torn.db"), file_access::read_write, error));
    CHECK_THAT(error, Catch::Contains("shorter than a page"));
    CHECK(open_connection(directory.file("new.db"), file_access::read_write, error));
}
