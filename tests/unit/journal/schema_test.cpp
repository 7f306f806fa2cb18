#include "proxy/journal/schema.hpp"

#include "proxy/journal/connection.hpp"

#include "tests/unit/journal/scratch_directory.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace millrace::journal;  // NOLINT(google-build-using-namespace): the subject of this
                                    // file

namespace {

struct fixture {
    scratch_directory directory;
    std::string error;
    connection opened = open_connection(directory.file("some.db"), file_access::read_write, error);

    fixture() { REQUIRE(opened); }

    void sql(const char* text) const {
        auto const failed = run(opened.get(), text);
        INFO(failed);
        REQUIRE(failed.empty());
    }

    std::string ask(const char* text) { return single_text(opened.get(), text, error); }

    void make_version_1() const {
        sql("CREATE TABLE route_state(route TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID;"
            "INSERT INTO route_state VALUES('risk', 'half'); PRAGMA user_version=1");
    }
};

}  // namespace

TEST_CASE("a new file gets every table", "[journal]") {
    fixture f;

    REQUIRE(check_version(f.opened.get()).empty());
    REQUIRE(migrate(f.opened.get()).empty());

    CHECK(check_current(f.opened.get()).empty());
    CHECK(check_integrity(f.opened.get()).empty());
    CHECK(
        f.ask("SELECT group_concat(name) FROM (SELECT name FROM sqlite_master WHERE type='table'"
              " AND name NOT LIKE 'sqlite%' ORDER BY name)") ==
        "audit,checkpoints,dead_letters,decisions,incarnations,inputs,label_progress,labels,"
        "outbox,rollouts,route_state,units"
    );
}

TEST_CASE("a file of the first version keeps its states", "[journal]") {
    fixture f;
    f.make_version_1();
    CHECK_THAT(check_current(f.opened.get()), Catch::Contains("older millrace"));

    REQUIRE(migrate(f.opened.get()).empty());

    CHECK(check_current(f.opened.get()).empty());
    CHECK(f.ask("SELECT state FROM route_state WHERE route='risk'") == "half");
    CHECK(f.ask("SELECT count(*) FROM decisions") == "0");
}

TEST_CASE("a file of the second version keeps rollouts and decisions", "[journal]") {
    fixture f;
    REQUIRE(migrate(f.opened.get()).empty());
    f.sql(
        "DROP TABLE inputs; DROP TABLE checkpoints; DROP TABLE rollouts; DROP TABLE decisions;"
        "DROP TABLE route_state; DROP TABLE units; DROP TABLE labels; DROP TABLE label_progress;"
        "DROP TABLE incarnations; DROP TABLE audit; DROP TABLE outbox; DROP TABLE dead_letters;"
        "CREATE TABLE route_state(route TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID;"
        "CREATE TABLE rollouts(id INTEGER PRIMARY KEY, route TEXT NOT NULL);"
        "INSERT INTO rollouts VALUES(4, 'risk');"
        "CREATE TABLE inputs(rollout, sequence, data);"
        "CREATE TABLE decisions(id INTEGER PRIMARY KEY, reason TEXT);"
        "INSERT INTO decisions VALUES(1, 'started'); PRAGMA user_version=2"
    );

    REQUIRE(migrate(f.opened.get()).empty());

    CHECK(f.ask("SELECT route || attempt || phase || checksum FROM rollouts") == "risk10");
    CHECK(f.ask("SELECT input FROM decisions") == "-1");
    CHECK(f.ask("SELECT count(*) FROM checkpoints") == "0");
}

TEST_CASE("a current file is left as it is", "[journal]") {
    fixture f;
    REQUIRE(migrate(f.opened.get()).empty());
    auto const before = f.ask("PRAGMA schema_version");

    REQUIRE(migrate(f.opened.get()).empty());

    CHECK(f.ask("PRAGMA schema_version") == before);
}

TEST_CASE("a file of a newer version is refused and its version said", "[journal]") {
    fixture const f;
    f.sql(("PRAGMA user_version=" + std::to_string(schema_version + 1)).c_str());
    auto const is_what = "is " + std::to_string(schema_version + 1);

    for (auto const& error : {check_version(f.opened.get()), check_current(f.opened.get())}) {
        CHECK_THAT(error, Catch::Contains(is_what) && Catch::Contains("newer millrace"));
    }
}

TEST_CASE("a step that fails leaves the version before it", "[journal]") {
    fixture f;
    f.make_version_1();
    f.sql("CREATE TABLE decisions(mine)");  // in the way of the step's last table

    CHECK_THAT(migrate(f.opened.get()), Catch::Contains("decisions"));

    CHECK(f.ask("PRAGMA user_version") == "1");
    CHECK(f.ask("SELECT count(*) FROM sqlite_master WHERE name='rollouts'") == "0");
}
