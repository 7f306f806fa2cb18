#include "proxy/journal/reader.hpp"

#include "proxy/journal/connection.hpp"

#include "tests/unit/journal/sample_rows.hpp"
#include "tests/unit/journal/scratch_directory.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace millrace::journal;  // NOLINT(google-build-using-namespace): the subject of this
                                    // file

namespace {

std::unique_ptr<reader> open_reader(const std::string& directory) {
    std::string error;
    auto opened = reader::open(directory, error);
    INFO(error);
    REQUIRE(opened);
    return opened;
}

std::string error_of_opening(const scratch_directory& directory) {
    std::string error;
    REQUIRE_FALSE(reader::open(directory.path, error));
    REQUIRE_THAT(error, Catch::Contains("millrace.db"));
    return error;
}

/// Everything of batch `number`, which was the last one of those from 1 on.
void check_reads(const reader& tested, std::uint64_t number) {
    std::string error;
    auto const expected = numbered_batch(number);
    CHECK(tested.route_states(error) == expected.states);
    CHECK(tested.open_rollouts(error) == expected.rollouts);
    CHECK(tested.rollout({1}, error) == expected.rollouts.front());
    REQUIRE(tested.rollouts("risk", 10, error).size() == 1);
    auto const decisions = tested.decisions({1}, 0, 1000, error);
    REQUIRE(decisions.size() == number);
    CHECK(decisions.back().summary == expected.decisions.front().summary);
    std::uint64_t next = 1;
    CHECK(tested
              .inputs(
                  {1},
                  [&next](const input_row& input) {
                      CHECK(input == numbered_batch(next).inputs.front());
                      ++next;
                      return true;
                  }
              )
              .empty());
    CHECK(next == number + 1);
    CHECK(error.empty());
}

}  // namespace

TEST_CASE("a journal is read while it is written, and after", "[journal]") {
    scratch_directory const directory;
    std::unique_ptr<reader> beside;
    {
        auto const store = open_store(directory.path);
        beside = open_reader(directory.path);
        for (std::uint64_t i = 1; i <= 3; ++i) {
            REQUIRE(store->write(numbered_batch(i)).empty());
            check_reads(*beside, i);
            check_reads(*open_reader(directory.path), i);
        }
    }
    check_reads(*beside, 3);
    beside.reset();
    check_reads(*open_reader(directory.path), 3);
    check_reads(*open_reader(directory.path), 3);
    CHECK(open_store(directory.path)->write(numbered_batch(4)).empty());
}

TEST_CASE("the journal of a gateway that was killed is read with its log", "[journal]") {
    scratch_directory const directory;
    scratch_directory const copy;
    auto const store = open_store(directory.path);
    REQUIRE(store->write(numbered_batch(1)).empty());
    for (auto const* const name : {"millrace.db", "millrace.db-wal"}) {
        write_content(copy.file(name), content_of(directory.file(name)));
    }

    check_reads(*open_reader(copy.path), 1);

    std::string error;
    CHECK(open_store(copy.path)->load(error) == numbered_batch(1).states);
}

TEST_CASE("more inputs than are read at once come in order, until it is enough", "[journal]") {
    scratch_directory const directory;
    auto const store = open_store(directory.path);
    batch written;
    for (std::uint64_t i = 0; i < 1000; ++i) {
        written.inputs.push_back({{1}, i * 2, std::to_string(i)});
    }
    REQUIRE(store->write(written).empty());
    auto const tested = open_reader(directory.path);
    std::vector<input_row> all;
    std::size_t taken = 0;

    CHECK(tested
              ->inputs(
                  {1},
                  [&all](const input_row& input) {
                      all.push_back(input);
                      return true;
                  }
              )
              .empty());
    CHECK(tested->inputs({1}, [&taken](const input_row&) { return ++taken < 300; }).empty());

    CHECK(all == written.inputs);
    CHECK(taken == 300);
}

TEST_CASE("who reads inputs slowly holds no writer up", "[journal]") {
    scratch_directory const directory{memory_place()};
    auto const store = open_store(directory.path);
    batch written;
    for (std::uint64_t i = 0; i < 600; ++i) {
        written.inputs.push_back({{1}, i, std::string(100, 'x')});
    }
    REQUIRE(store->write(written).empty());
    auto const tested = open_reader(directory.path);
    auto large = numbered_batch(10'000);
    large.rollouts.front().memory = std::string(200'000, 'm');
    std::size_t taken = 0;

    CHECK(tested
              ->inputs(
                  {1},
                  [&](const input_row&) {
                      if (++taken <= 200) {  // 40 MB
                          CHECK(store->write(large).empty());
                      }
                      return true;
                  }
              )
              .empty());

    CHECK(taken == 601);
    CHECK(std::filesystem::file_size(directory.file("millrace.db-wal")) < 9'000'000);
}

TEST_CASE("a journal that is not there is said", "[journal]") {
    scratch_directory const directory;

    CHECK_THAT(error_of_opening(directory), Catch::Contains("there is no journal"));

    CHECK(std::filesystem::is_empty(directory.path));
}

TEST_CASE("journals of other versions and damaged ones are said", "[journal]") {
    scratch_directory const directory;
    std::string error;
    auto const with_version = [&](const char* sql) {
        auto const made =
            open_connection(directory.file("millrace.db"), file_access::read_write, error);
        REQUIRE(run(made.get(), sql).empty());
    };

    with_version("CREATE TABLE route_state(route, state); PRAGMA user_version=1");
    CHECK_THAT(error_of_opening(directory), Catch::Contains("older millrace"));
    with_version("PRAGMA user_version=9");
    CHECK_THAT(error_of_opening(directory), Catch::Contains("newer millrace"));
    write_content(directory.file("millrace.db"), std::string(5000, 'x'));
    CHECK_THAT(error_of_opening(directory), Catch::Contains("not a database"));
}

TEST_CASE("checkpoints come page by page, and a sound file is found sound", "[journal]") {
    scratch_directory const directory;
    batch written;
    written.checkpoints = {sample_checkpoint(1, 0), sample_checkpoint(1, 5)};
    REQUIRE(open_store(directory.path)->write(written).empty());
    std::string error;
    auto const tested = reader::open(directory.path, error);
    REQUIRE(tested);

    CHECK(tested->check().empty());
    CHECK(tested->checkpoints({1}, 0, 1, error) == std::vector{sample_checkpoint(1, 0)});
    CHECK(tested->checkpoints({1}, 1, 10, error) == std::vector{sample_checkpoint(1, 5)});
}
