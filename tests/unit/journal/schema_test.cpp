#include "proxy/journal/schema.hpp"

#include "proxy/journal/connection.hpp"

#include "tests/unit/journal/scratch_directory.hpp"

#include <catch2/catch.hpp>

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
              " AND name NOT LIKE 'sqlite%' ORDER BY name)"
        ) == "decisions,inputs,rollouts,route_state"
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

TEST_CASE("a current file is left as it is", "[journal]") {
    fixture f;
    REQUIRE(migrate(f.opened.get()).empty());
    auto const before = f.ask("PRAGMA schema_version");

    REQUIRE(migrate(f.opened.get()).empty());

    CHECK(f.ask("PRAGMA schema_version") == before);
}

TEST_CASE("a file of a newer version is refused and its version said", "[journal]") {
    fixture const f;
    f.sql("PRAGMA user_version=3");

    for (auto const& error : {check_version(f.opened.get()), check_current(f.opened.get())}) {
        CHECK_THAT(error, Catch::Contains("is 3") && Catch::Contains("newer millrace"));
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
