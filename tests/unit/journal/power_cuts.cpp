// A disk that fails, and one that loses power: what was told to be written survives both.
#include "proxy/journal/state_store.hpp"

#include "tests/unit/journal/faulty_disk.hpp"
#include "tests/unit/journal/sample_rows.hpp"
#include "tests/unit/journal/scratch_directory.hpp"

#include <catch2/catch.hpp>

using namespace millrace::journal;  // NOLINT(google-build-using-namespace): the subject of this
                                    // file

namespace {

/// The number of the batch that a store holds, all of it.
std::uint64_t check_whole(const state_store& found) {
    std::string error;
    auto const states = found.load(error);
    CHECK(error.empty());
    if (states.empty()) {
        CHECK(found.open_rollouts(error).empty());
        CHECK(found.next_sequence({1}, error) == 0);
        return 0;
    }
    auto const number = std::stoull(states.at("a"));
    CHECK(states == numbered_batch(number).states);
    CHECK(found.open_rollouts(error) == numbered_batch(number).rollouts);
    CHECK(found.next_sequence({1}, error) == number + 1);
    CHECK(error.empty());
    return number;
}

/// Batches of different size, some of which are moved from the log into the file.
batch large_batch(std::uint64_t number) {
    auto made = numbered_batch(number);
    made.decisions.front().evidence = std::string(number % 7 * 30'000, 'e');
    return made;
}

}  // namespace

TEST_CASE("each batch is synced before it is told", "[journal]") {
    faulty_disk disk;
    scratch_directory const directory;
    auto const store = open_store(directory.path);
    for (std::uint64_t i = 1; i <= 20; ++i) {
        auto const before = disk.syncs();

        REQUIRE(store->write(numbered_batch(i)).empty());

        CHECK(disk.syncs() > before);
    }
}

TEST_CASE(
    "a loss of power takes nothing that was told, and leaves nothing by halves", "[journal]"
) {
    millrace::random_source random{4711};
    std::uint64_t all_told = 0;
    for (int disk_number = 0; disk_number < 12; ++disk_number) {
        scratch_directory const directory{memory_place()};
        std::uint64_t told = 0;
        for (int round = 0; round < 8; ++round) {
            faulty_disk disk;
            // One round is long enough for the log to be moved into the file.
            disk.fail(random.below(round == 3 ? 2500 : 200), UINT64_MAX);
            std::string error;
            if (auto const store = state_store::open(directory.path, error)) {
                CHECK(check_whole(*store) >= told);
                for (auto number = told + 1; store->write(large_batch(number)).empty(); ++number) {
                    told = number;
                }
            }
            disk.lose_power(random);
            disk.heal();

            // What failed may have come through, but then whole.
            auto const found = check_whole(*open_store(directory.path));
            REQUIRE(found >= told);
            REQUIRE(found <= told + 1);
            told = found;
        }
        all_told += told;
    }
    CHECK(all_told > 150);
}

TEST_CASE("an error of the disk at any point leaves the batch before, and goes away", "[journal]") {
    // One operation fails, or all of them for a while.
    for (std::uint64_t const count : {std::uint64_t{1}, std::uint64_t{1000}}) {
        std::uint64_t failures = 0;
        for (std::uint64_t from = 0; from < 25; ++from) {
            CAPTURE(count, from);
            faulty_disk disk;
            scratch_directory const directory{memory_place()};
            std::uint64_t last = 1;
            {
                auto const store = open_store(directory.path);
                REQUIRE(store->write(large_batch(1)).empty());
                disk.fail(from, count);
                bool const failed = !store->write(large_batch(2)).empty();
                failures += failed ? 1 : 0;
                last = failed ? 1 : 2;
                CHECK(check_whole(*store) == last);
                disk.heal();
                REQUIRE(store->write(large_batch(3)).empty());
                CHECK(check_whole(*store) == 3);
            }
            CHECK(check_whole(*open_store(directory.path)) == 3);
        }
        CHECK(failures >= 10);
    }
}
