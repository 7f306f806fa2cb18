#include "proxy/journal/input_rows.hpp"

#include "proxy/journal/connection.hpp"
#include "proxy/journal/rows.hpp"
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
};

}  // namespace

TEST_CASE("inputs come in the order of their sequence, from any on", "[journal]") {
    fixture f;
    CHECK(read_next_sequence(f.file, {1}, f.error) == 0);
    batch written;
    written.inputs = {{{1}, 2, "c", 4}, {{1}, 0, any_bytes}, {{2}, 1, "x"}, {{1}, 1, "b"}};
    f.write(written);

    CHECK(
        read_inputs(f.file, {1}, 0, 10, f.error) ==
        std::vector<input_row>{{{1}, 0, any_bytes}, {{1}, 1, "b"}, {{1}, 2, "c", 4}}
    );
    CHECK(read_inputs(f.file, {1}, 1, 1, f.error) == std::vector<input_row>{{{1}, 1, "b"}});
    CHECK(read_next_sequence(f.file, {1}, f.error) == 6);
}

TEST_CASE("an input that is sent again replaces itself", "[journal]") {
    fixture f;
    batch written;
    written.inputs = {{{1}, 0, "first"}};
    f.write(written);
    written.inputs = {{{1}, 0, "again"}};
    f.write(written);

    CHECK(read_inputs(f.file, {1}, 0, 10, f.error) == written.inputs);
}

TEST_CASE("checkpoints come back, and the sequence goes on behind the last one", "[journal]") {
    fixture f;
    batch written;
    written.checkpoints = {
        sample_checkpoint(1, 9), sample_checkpoint(1, 3), sample_checkpoint(2, 1)};
    written.inputs = {{{1}, 3, "a"}};
    f.write(written);

    CHECK(
        read_checkpoints(f.file, {1}, 0, 10, f.error) ==
        std::vector{sample_checkpoint(1, 3), sample_checkpoint(1, 9)}
    );
    CHECK(read_checkpoints(f.file, {1}, 4, 10, f.error) == std::vector{sample_checkpoint(1, 9)});
    CHECK(read_next_sequence(f.file, {1}, f.error) == 9);
}

TEST_CASE("one bit that flips in a blob is noticed", "[journal]") {
    fixture f;
    batch written;
    written.checkpoints = {sample_checkpoint(1, 0)};
    written.inputs = {{{1}, 0, "good"}, {{1}, 1, "a"}};
    f.write(written);

    REQUIRE(run(f.file, "UPDATE inputs SET data = x'60' WHERE sequence = 1").empty());
    CHECK(read_inputs(f.file, {1}, 0, 10, f.error) == std::vector<input_row>{{{1}, 0, "good"}});
    CHECK(f.error == "rollout 1: the record of input 1 is damaged");
    REQUIRE(run(f.file, "UPDATE checkpoints SET build = 'another'").empty());
    CHECK(read_checkpoints(f.file, {1}, 0, 10, f.error).empty());
    CHECK(f.error == "rollout 1: the record of checkpoint 0 is damaged");
}

TEST_CASE("a file without their tables is an error to them", "[journal]") {
    std::string error;
    auto const opened = open_connection(":memory:", file_access::read_write, error);
    auto* const file = opened.get();

    CHECK(read_inputs(file, {1}, 0, 1, error).empty());
    CHECK_FALSE(error.empty());
    CHECK(read_checkpoints(file, {1}, 0, 1, error).empty());
    CHECK_FALSE(error.empty());
    CHECK(read_next_sequence(file, {1}, error) == 0);
    CHECK_FALSE(error.empty());
    write_checkpoints(file, {sample_checkpoint(1, 1)}, error);
    CHECK_FALSE(error.empty());
}
