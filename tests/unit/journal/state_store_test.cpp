#include "proxy/journal/state_store.hpp"

#include "proxy/journal/connection.hpp"
#include "proxy/journal/reader.hpp"
#include "proxy/journal/schema.hpp"

#include "tests/unit/journal/sample_rows.hpp"
#include "tests/unit/journal/scratch_directory.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>

using namespace millrace::journal;  // NOLINT(google-build-using-namespace): the subject of this
                                    // file

namespace {

/// Makes a file by plain SQL, as another version would have left it.
void make_file(const scratch_directory& directory, const char* sql) {
    std::string error;
    auto const opened =
        open_connection(directory.file("millrace.db"), file_access::read_write, error);
    REQUIRE(opened);
    REQUIRE(run(opened.get(), sql).empty());
}

std::string error_of_opening(const scratch_directory& directory) {
    std::string error;
    REQUIRE_FALSE(state_store::open(directory.path, error));
    REQUIRE_THAT(error, Catch::Contains(directory.path));
    return error;
}

/// A file of some hundred pages, all of them in it and none in a log.
void make_large_file(const scratch_directory& directory) {
    auto const store = open_store(directory.path);
    for (int i = 0; i < 500; ++i) {
        batch written;
        written.states = {{"route " + std::to_string(i), std::string(1000, 'x')}};
        REQUIRE(store->write(written).empty());
    }
}

}  // namespace

TEST_CASE("what was saved is there after the file is opened again", "[journal]") {
    scratch_directory const directory;
    std::string error;
    REQUIRE(open_store(directory.path)->save({{"risk", "one"}, {"rest", "two"}}).empty());

    auto const states = open_store(directory.path)->load(error);

    REQUIRE(error.empty());
    REQUIRE(states == state_store::route_states{{"risk", "one"}, {"rest", "two"}});
}

TEST_CASE("a later save replaces a route and leaves the others", "[journal]") {
    scratch_directory const directory;
    auto const store = open_store(directory.path);
    std::string error;
    REQUIRE(store->save({{"risk", "one"}, {"rest", "two"}}).empty());

    REQUIRE(store->save({{"risk", "three"}}).empty());

    REQUIRE(store->load(error) == state_store::route_states{{"risk", "three"}, {"rest", "two"}});
}

TEST_CASE("a missing directory is made for its owner alone", "[journal]") {
    scratch_directory const directory;
    auto const nested = directory.file("a/b");

    open_store(nested);

    using std::filesystem::perms;
    REQUIRE((std::filesystem::status(nested).permissions() & perms::all) == perms::owner_all);
}

TEST_CASE("a second gateway on the same directory is refused", "[journal]") {
    scratch_directory const directory;
    auto const first = open_store(directory.path);

    REQUIRE_THAT(error_of_opening(directory), Catch::Contains("locked"));
}

TEST_CASE("a batch is there after the file is opened again, all of it", "[journal]") {
    scratch_directory const directory;
    std::string error;
    auto const written = numbered_batch(41);
    {
        auto const store = open_store(directory.path);
        CHECK(store->last_rollout(error) == rollout_id{0});
        CHECK(store->next_sequence({1}, error) == 0);
        REQUIRE(store->write(written).empty());
    }
    auto const store = open_store(directory.path);

    CHECK(store->load(error) == written.states);
    CHECK(store->open_rollouts(error) == written.rollouts);
    CHECK(store->last_rollout(error) == rollout_id{1});
    CHECK(store->next_sequence({1}, error) == 42);
    CHECK(error.empty());
}

TEST_CASE("an empty batch is no error", "[journal]") {
    scratch_directory const directory;

    CHECK(open_store(directory.path)->write({}).empty());
}

TEST_CASE("a batch of which a part fails is not there at all", "[journal]") {
    scratch_directory const directory;
    auto const store = open_store(directory.path);
    REQUIRE(store->write(numbered_batch(1)).empty());
    std::string error;
    auto const beside =
        open_connection(directory.file("millrace.db"), file_access::read_write, error);
    // The last part of a batch is what fails.
    REQUIRE(run(beside.get(),
                "CREATE TRIGGER refuse BEFORE INSERT ON decisions BEGIN"
                " SELECT raise(ABORT, 'no decision today'); END")
                .empty());

    CHECK(store->write(numbered_batch(2)) == "no decision today");
    CHECK(store->load(error) == numbered_batch(1).states);
    CHECK(store->next_sequence({1}, error) == 2);

    REQUIRE(run(beside.get(), "DROP TRIGGER refuse").empty());
    CHECK(store->write(numbered_batch(3)).empty());
    CHECK(store->load(error) == numbered_batch(3).states);
}

TEST_CASE("old rollouts are pruned a part at a time", "[journal]") {
    scratch_directory const directory;
    auto const store = open_store(directory.path);
    batch written = numbered_batch(0);
    written.rollouts.front().ended = true;
    for (std::uint64_t i = 0; i < 1200; ++i) {
        written.inputs.push_back({{1}, i, "x"});
    }
    REQUIRE(store->write(written).empty());
    std::string error;
    int rounds = 0;
    params none;
    none.replayable_rollouts_max = 0;

    while (store->prune(none, error)) {
        ++rounds;
    }

    CHECK(error.empty());
    CHECK(rounds == 4);  // three of inputs, one of memory
    CHECK(store->next_sequence({1}, error) == 0);
}

TEST_CASE("a file of the first version is brought up to date", "[journal]") {
    scratch_directory const directory;
    make_file(
        directory,
        "PRAGMA journal_mode=WAL;"
        "CREATE TABLE route_state(route TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID;"
        "INSERT INTO route_state VALUES('risk', 'half'); PRAGMA user_version=1"
    );
    std::string error;
    {
        auto const store = open_store(directory.path);
        CHECK(store->load(error) == state_store::route_states{{"risk", "half"}});
        CHECK(store->write(numbered_batch(1)).empty());
    }
    CHECK(open_store(directory.path)->load(error).size() == 3);
}

TEST_CASE("a file of a newer version is refused and left alone", "[journal]") {
    scratch_directory const directory;
    auto const newer = std::to_string(schema_version + 1);
    make_file(directory, ("CREATE TABLE of_the_future(x); PRAGMA user_version=" + newer).c_str());
    auto const before = content_of(directory.file("millrace.db"));

    CHECK_THAT(error_of_opening(directory), Catch::Contains("newer millrace"));

    CHECK(content_of(directory.file("millrace.db")) == before);
}

TEST_CASE("a file that is no database is refused and left alone", "[journal]") {
    scratch_directory const directory;
    std::string const text(5000, 'x');
    write_content(directory.file("millrace.db"), text);

    CHECK_THAT(error_of_opening(directory), Catch::Contains("not a database"));

    CHECK(content_of(directory.file("millrace.db")) == text);
}

TEST_CASE("a file with a damaged page is refused", "[journal]") {
    scratch_directory const directory{memory_place()};
    make_large_file(directory);
    auto content = content_of(directory.file("millrace.db"));
    REQUIRE(content.size() > 100 * 4096);
    content.replace(50 * 4096, 4096, 4096, '\x5a');
    write_content(directory.file("millrace.db"), content);

    CHECK_THAT(error_of_opening(directory), Catch::Contains("damaged"));
}

TEST_CASE("a file that was cut is refused", "[journal]") {
    scratch_directory const directory{memory_place()};
    make_large_file(directory);
    auto const content = content_of(directory.file("millrace.db"));
    for (std::size_t const size : {content.size() / 2, content.size() - 4096, std::size_t{700}}) {
        write_content(directory.file("millrace.db"), content.substr(0, size));
        CHECK_FALSE(error_of_opening(directory).empty());
    }
}

TEST_CASE("of a log that was cut the whole batches are there", "[journal]") {
    scratch_directory const directory{memory_place()};
    scratch_directory const copy{memory_place()};
    auto const store = open_store(directory.path);
    for (std::uint64_t i = 1; i <= 5; ++i) {
        REQUIRE(store->write(numbered_batch(i)).empty());
    }
    auto const file = content_of(directory.file("millrace.db"));
    auto const log = content_of(directory.file("millrace.db-wal"));
    REQUIRE(log.size() > 5 * 4096);
    std::string error;
    std::uint64_t last = 0;

    for (std::size_t size = log.size() % 1021; size <= log.size(); size += 1021) {
        write_content(copy.file("millrace.db"), file);
        write_content(copy.file("millrace.db-wal"), log.substr(0, size));
        auto const reopened = open_store(copy.path);
        auto const states = reopened->load(error);
        auto const found = states.empty() ? 0 : std::stoull(states.at("a"));
        if (found > 0) {
            CHECK(states == numbered_batch(found).states);
            CHECK(reopened->open_rollouts(error) == numbered_batch(found).rollouts);
            CHECK(reopened->next_sequence({1}, error) == found + 1);
        }
        CHECK(found >= last);
        last = found;
    }
    CHECK(last == 5);
}

TEST_CASE("the log does not grow with the number of batches", "[journal]") {
    scratch_directory const directory{memory_place()};
    auto const store = open_store(directory.path);
    auto written = numbered_batch(1);
    written.rollouts.front().memory = std::string(100'000, 'm');
    for (int i = 0; i < 300; ++i) {  // 30 MB of them
        REQUIRE(store->write(written).empty());
    }

    CHECK(std::filesystem::file_size(directory.file("millrace.db-wal")) < 8'500'000);
}
