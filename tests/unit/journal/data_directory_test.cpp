#include "proxy/journal/data_directory.hpp"

#include "tests/unit/journal/scratch_directory.hpp"

#include <catch2/catch.hpp>

#include <sys/wait.h>

#include <csignal>
#include <unistd.h>

using millrace::journal::data_directory;
using millrace::journal::scratch_directory;

namespace {

bool is_free(const std::string& path) {
    std::string error;
    return data_directory::open(path, error) != nullptr;
}

}  // namespace

TEST_CASE("a directory has one owner at a time", "[journal]") {
    scratch_directory const directory;
    {
        std::string error;
        auto const first = data_directory::open(directory.path, error);
        REQUIRE(first);

        REQUIRE_FALSE(data_directory::open(directory.path, error));
        REQUIRE_THAT(error, Catch::Contains("locked by another gateway"));
    }
    REQUIRE(is_free(directory.path));
}

TEST_CASE("whether a directory is in use is found out without taking it", "[journal]") {
    scratch_directory const directory;
    CHECK_FALSE(data_directory::is_in_use(directory.path + "/none"));
    {
        std::string error;
        auto const owner = data_directory::open(directory.path, error);
        CHECK(data_directory::is_in_use(directory.path));
    }
    CHECK_FALSE(data_directory::is_in_use(directory.path));
    CHECK(is_free(directory.path));
}

TEST_CASE("a killed owner leaves no lock", "[journal]") {
    scratch_directory const directory;
    int ready[2];
    REQUIRE(::pipe(ready) == 0);
    auto const child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        std::string error;
        auto const held = data_directory::open(directory.path, error);
        (void)!::write(ready[1], held ? "y" : "n", 1);
        ::pause();
        ::_exit(0);
    }
    char word = 0;
    REQUIRE(::read(ready[0], &word, 1) == 1);
    ::close(ready[0]);
    ::close(ready[1]);
    CHECK(word == 'y');
    CHECK_FALSE(is_free(directory.path));

    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);

    CHECK(is_free(directory.path));
}

TEST_CASE(
    "a directory that is made is its owner's alone, one that was there keeps its mode", "[journal]"
) {
    using std::filesystem::perms;
    scratch_directory const directory;
    auto const made = directory.file("a/b");
    auto const kept = directory.file("kept");
    std::filesystem::create_directory(kept);
    std::filesystem::permissions(kept, perms::owner_all | perms::group_read | perms::group_exec);

    REQUIRE(is_free(made));
    REQUIRE(is_free(kept));

    CHECK((std::filesystem::status(made).permissions() & perms::all) == perms::owner_all);
    CHECK((std::filesystem::status(kept).permissions() & perms::group_read) != perms::none);
}

TEST_CASE("a directory that cannot be made is an error", "[journal]") {
    scratch_directory const directory;
    millrace::journal::write_content(directory.file("file"), "no directory");
    std::string error;

    CHECK_FALSE(data_directory::open(directory.file("file/data"), error));

    CHECK_THAT(error, Catch::Contains("Not a directory"));
}

TEST_CASE("syncing says when there is no directory", "[journal]") {
    scratch_directory const directory;

    CHECK(millrace::journal::sync_directory(directory.path).empty());
    CHECK_THAT(
        millrace::journal::sync_directory(directory.file("none")), Catch::Contains("No such file")
    );
}
