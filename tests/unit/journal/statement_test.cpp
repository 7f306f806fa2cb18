#include "proxy/journal/statement.hpp"

#include "proxy/journal/connection.hpp"

#include "tests/unit/journal/sample_rows.hpp"
#include "tests/unit/journal/scratch_directory.hpp"

#include <catch2/catch.hpp>

#include <cstdint>

using namespace millrace::journal;  // NOLINT(google-build-using-namespace): the subject of this
                                    // file

namespace {

struct fixture {
    std::string error;
    connection opened = open_connection(":memory:", file_access::read_write, error);

    fixture() {
        REQUIRE(opened);
        REQUIRE(
            run(opened.get(), "CREATE TABLE t(a TEXT NOT NULL UNIQUE, b BLOB NOT NULL, c)").empty()
        );
    }
};

}  // namespace

TEST_CASE("values come back as they were put", "[journal]") {
    fixture const f;
    statement row{f.opened.get(), "INSERT INTO t VALUES(?1, ?2, ?3)"};
    CHECK(row.put_text("one").put_blob(any_bytes).put_number(INT64_MIN).write());
    CHECK(row.put_text({}).put_blob({}).put_number(7).write());

    statement query{f.opened.get(), "SELECT a, b, c FROM t ORDER BY a DESC"};

    REQUIRE(query.next());
    CHECK(query.take_text() == "one");
    CHECK(query.take_text() == any_bytes);
    CHECK(query.take_number() == INT64_MIN);
    REQUIRE(query.next());
    CHECK(query.take_text().empty());
    CHECK(query.take_text().empty());
    CHECK(query.take_number() == 7);
    CHECK_FALSE(query.next());
    CHECK(query.error().empty());
}

TEST_CASE("after an error nothing more is written and the error stays", "[journal]") {
    fixture const f;
    statement row{f.opened.get(), "INSERT INTO t VALUES(?1, ?2, ?3)"};
    CHECK(row.put_text("one").put_blob("1").put_number(1).write());

    CHECK_FALSE(row.put_text("one").put_blob("1").put_number(1).write());
    CHECK_FALSE(row.put_text("two").put_blob("2").put_number(2).write());

    CHECK_THAT(row.error(), Catch::Contains("UNIQUE"));
    std::string error;
    CHECK(single_text(f.opened.get(), "SELECT count(*) FROM t", error) == "1");
}

TEST_CASE("a statement that does not parse does nothing", "[journal]") {
    fixture const f;

    statement wrong{f.opened.get(), "SELECT a FROM"};

    CHECK_FALSE(wrong.put_text("x").put_number(1).put_blob("y").next());
    CHECK_FALSE(wrong.error().empty());
}

TEST_CASE("a value too many is an error", "[journal]") {
    fixture const f;
    statement query{f.opened.get(), "SELECT ?1"};

    query.put_number(1).put_number(2);

    CHECK_FALSE(query.next());
    CHECK_FALSE(query.error().empty());
}
