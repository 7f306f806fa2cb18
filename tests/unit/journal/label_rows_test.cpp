#include "proxy/journal/label_rows.hpp"

#include "proxy/journal/connection.hpp"
#include "proxy/journal/schema.hpp"

#include "tests/unit/journal/sample_rows.hpp"
#include "tests/unit/journal/scratch_directory.hpp"

#include <catch2/catch.hpp>

using namespace millrace::journal;  // NOLINT(google-build-using-namespace): the subject of this
                                    // file

namespace {

struct fixture {
    scratch_directory directory;
    std::string error;
    connection opened = open_connection(directory.file("some.db"), file_access::read_write, error);

    fixture() {
        REQUIRE(opened);
        REQUIRE(migrate(opened.get()).empty());
    }

    std::vector<label_row> labels(std::int64_t assigned_since) {
        std::vector<label_row> found;
        read_labels(
            opened.get(),
            assigned_since,
            [&found](const label_row& row) { found.push_back(row); },
            error
        );
        CHECK(error.empty());
        return found;
    }
};

label_row sample(std::uint64_t sequence, std::int64_t received, std::uint32_t assigned) {
    return {
        .received = received,
        .incarnation = 0xffff'ffffU,
        .worker = 0xffff,
        .sequence = sequence,
        .route = 0xffff'fffeU,
        .version = 3,
        .epoch = 4,
        .assigned = assigned,
        .kind = 1,
        .value = 0.1};
}

}  // namespace

TEST_CASE("labels come back as they were, in the order in which they came", "[journal]") {
    fixture f;
    std::vector<label_row> const rows{
        sample((1ULL << 48U) - 1, 20, 10), sample(0, 21, 9), sample(7, 22, 11)};

    write_labels(f.opened.get(), rows, f.error);

    CHECK(f.error.empty());
    CHECK(f.labels(0) == rows);
    CHECK(f.labels(10) == std::vector{rows[0], rows[2]});
}

TEST_CASE("the oldest labels go first, some at a time", "[journal]") {
    fixture f;
    write_labels(f.opened.get(), {sample(1, 10, 1), sample(2, 11, 1), sample(3, 12, 1)}, f.error);

    CHECK(prune_labels(f.opened.get(), 12, 1, f.error) == 1);
    CHECK(f.labels(0).size() == 2);
    CHECK(prune_labels(f.opened.get(), 12, 10, f.error) == 1);
    CHECK(prune_labels(f.opened.get(), 12, 10, f.error) == 0);
    CHECK(f.labels(0).front().sequence == 3);
}

TEST_CASE("progress is one text a rollout, the last that was written", "[journal]") {
    fixture f;
    CHECK(read_label_progress(f.opened.get(), {1}, f.error).empty());

    write_label_progress(f.opened.get(), {{{1}, "a"}, {{2}, any_bytes}}, f.error);
    write_label_progress(f.opened.get(), {{{1}, "b"}}, f.error);

    CHECK(read_label_progress(f.opened.get(), {1}, f.error) == "b");
    CHECK(read_label_progress(f.opened.get(), {2}, f.error) == any_bytes);
    CHECK(f.error.empty());
}

TEST_CASE("progress is written with the evidence that it belongs to", "[journal]") {
    fixture f;
    auto written = numbered_batch(1);
    written.label_progress = {{{1}, "so far"}};
    {
        auto const store = open_store(f.directory.path);
        CHECK(store->write(written).empty());
    }
    auto const again =
        open_connection(f.directory.file("millrace.db"), file_access::read_write, f.error);
    CHECK(read_label_progress(again.get(), {1}, f.error) == "so far");
}

TEST_CASE("processes that ran since a time are known, and the one that ran then", "[journal]") {
    fixture f;
    for (std::uint32_t i = 1; i <= 4; ++i) {
        write_incarnation(f.opened.get(), i, 100 * i, f.error);
    }

    CHECK(read_incarnations(f.opened.get(), 250, f.error) == std::vector<std::uint32_t>{2, 3, 4});
    CHECK(read_incarnations(f.opened.get(), 50, f.error).size() == 4);
    CHECK(read_incarnations(f.opened.get(), 900, f.error) == std::vector<std::uint32_t>{4});
    CHECK(f.error.empty());
}

TEST_CASE("without its tables every call says so", "[journal]") {
    scratch_directory const directory;
    std::string error;
    auto const empty = open_connection(directory.file("e.db"), file_access::read_write, error);

    write_labels(empty.get(), {sample(1, 1, 1)}, error);
    CHECK_THAT(error, Catch::Contains("no such table"));
    CHECK(prune_labels(empty.get(), 1, 1, error) == 0);
    CHECK_THAT(error, Catch::Contains("no such table"));
    CHECK(read_incarnations(empty.get(), 0, error).empty());
    CHECK_THAT(error, Catch::Contains("no such table"));
}
