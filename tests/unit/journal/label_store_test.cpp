#include "proxy/journal/label_store.hpp"

#include "tests/unit/journal/sample_rows.hpp"
#include "tests/unit/journal/scratch_directory.hpp"

#include <catch2/catch.hpp>

#include <memory>

using namespace millrace::journal;  // NOLINT(google-build-using-namespace): the subject of this
                                    // file

namespace {

label_row sample(std::uint64_t sequence, std::int64_t received = 10) {
    label_row row;
    row.received = received;
    row.sequence = sequence;
    row.assigned = 5;
    return row;
}

struct fixture {
    scratch_directory directory;
    std::unique_ptr<state_store> state = open_store(directory.path);
    std::string error;
    std::unique_ptr<label_store> tested = label_store::open(directory.path, state->turn(), error);

    fixture() {
        INFO(error);
        REQUIRE(tested);
    }

    std::vector<std::uint64_t> sequences() {
        std::vector<std::uint64_t> found;
        CHECK(tested->read(
                        0, [&found](const label_row& row) { found.push_back(row.sequence); }
        ).empty());
        return found;
    }
};

}  // namespace

TEST_CASE("labels are there for the next process", "[journal]") {
    fixture f;
    CHECK(f.tested->write({sample(1), sample(2)}).empty());
    CHECK(f.tested->write({}).empty());
    CHECK(f.tested->write({sample(3)}).empty());
    f.tested = label_store::open(f.directory.path, f.state->turn(), f.error);
    REQUIRE(f.tested);

    CHECK(f.sequences() == std::vector<std::uint64_t>{1, 2, 3});
}

TEST_CASE("labels and evidence are written beside each other", "[journal]") {
    fixture f;
    for (std::uint64_t i = 1; i <= 20; ++i) {
        CHECK(f.tested->write({sample(i)}).empty());
        CHECK(f.state->write(numbered_batch(i)).empty());
    }
    CHECK(f.sequences().size() == 20);
}

TEST_CASE("old labels are taken out until none is left", "[journal]") {
    fixture f;
    CHECK(f.tested->write({sample(1, 10), sample(2, 20)}).empty());

    CHECK(f.tested->prune(20, f.error));
    CHECK_FALSE(f.tested->prune(20, f.error));
    CHECK(f.error.empty());
    CHECK(f.sequences() == std::vector<std::uint64_t>{2});
}

TEST_CASE("a process knows itself and those before it", "[journal]") {
    fixture f;
    CHECK(f.tested->begin_incarnation(7, 100, 0, f.error) == std::vector<std::uint32_t>{7});
    CHECK(f.tested->begin_incarnation(8, 200, 150, f.error) == std::vector<std::uint32_t>{7, 8});
    CHECK(f.tested->begin_incarnation(9, 900, 800, f.error) == std::vector<std::uint32_t>{8, 9});
    CHECK(f.error.empty());
}

TEST_CASE("progress is read where the evidence was written", "[journal]") {
    fixture f;
    auto written = numbered_batch(1);
    written.label_progress = {{{1}, "so far"}};
    CHECK(f.state->write(written).empty());

    CHECK(f.tested->progress_of({1}, f.error) == "so far");
    CHECK(f.tested->progress_of({2}, f.error).empty());
    CHECK(f.error.empty());
}

TEST_CASE("a file that no state store has made ready is refused", "[journal]") {
    scratch_directory const directory;
    std::string error;
    CHECK(label_store::open(directory.path, std::make_shared<write_turn>(), error) == nullptr);
    CHECK_THAT(error, Catch::StartsWith("data_dir: cannot keep labels in"));
}
