#include "proxy/journal/state_store.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

using millrace::journal::state_store;

namespace {

/// A directory that is gone after the test.
struct scratch_directory {
    std::string path = "/tmp/millrace-journal-XXXXXX";

    scratch_directory() { REQUIRE(::mkdtemp(path.data()) != nullptr); }
    scratch_directory(const scratch_directory&) = delete;
    scratch_directory& operator=(const scratch_directory&) = delete;
    ~scratch_directory() { std::filesystem::remove_all(path); }
};

std::unique_ptr<state_store> open(const std::string& directory) {
    std::string error;
    auto store = state_store::open(directory, error);
    INFO(error);
    REQUIRE(store);
    return store;
}

}  // namespace

TEST_CASE("what was saved is there after the file is opened again", "[journal]") {
    scratch_directory const directory;
    std::string error;
    REQUIRE(open(directory.path)->save({{"risk", "one"}, {"rest", "two"}}).empty());

    auto const states = open(directory.path)->load(error);

    REQUIRE(error.empty());
    REQUIRE(states == state_store::route_states{{"risk", "one"}, {"rest", "two"}});
}

TEST_CASE("a later save replaces a route and leaves the others", "[journal]") {
    scratch_directory const directory;
    auto const store = open(directory.path);
    std::string error;
    REQUIRE(store->save({{"risk", "one"}, {"rest", "two"}}).empty());

    REQUIRE(store->save({{"risk", "three"}}).empty());

    REQUIRE(store->load(error) == state_store::route_states{{"risk", "three"}, {"rest", "two"}});
}

TEST_CASE("a missing directory is made for its owner alone", "[journal]") {
    scratch_directory const directory;
    auto const nested = directory.path + "/a/b";

    open(nested);

    using std::filesystem::perms;
    REQUIRE((std::filesystem::status(nested).permissions() & perms::all) == perms::owner_all);
}

TEST_CASE("a second gateway on the same directory is refused", "[journal]") {
    scratch_directory const directory;
    auto const first = open(directory.path);
    std::string error;

    REQUIRE_FALSE(state_store::open(directory.path, error));

    REQUIRE_THAT(error, Catch::Contains("locked"));
}

TEST_CASE("a file that is no database is refused and left alone", "[journal]") {
    scratch_directory const directory;
    std::string const text(5000, 'x');
    std::ofstream{directory.path + "/millrace.db"} << text;
    std::string error;

    REQUIRE_FALSE(state_store::open(directory.path, error));

    REQUIRE_THAT(error, Catch::Contains(directory.path + "/millrace.db"));
    REQUIRE(std::filesystem::file_size(directory.path + "/millrace.db") == text.size());
}
