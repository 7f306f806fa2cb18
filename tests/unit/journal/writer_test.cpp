#include "proxy/journal/writer.hpp"

#include "proxy/journal/connection.hpp"
#include "proxy/journal/reader.hpp"

#include "tests/unit/journal/sample_rows.hpp"
#include "tests/unit/journal/scratch_directory.hpp"

#include <catch2/catch.hpp>

#include <future>
#include <memory>
#include <thread>

using namespace millrace::journal;  // NOLINT(google-build-using-namespace): the subject of this
                                    // file

namespace {

/// What was told of one batch, waited for. Shared with the thread that tells, which may still be at
/// it.
struct answer {
    struct content {
        std::promise<std::string> told;
        std::thread::id thread;
    };

    std::shared_ptr<content> shared = std::make_shared<content>();

    [[nodiscard]] writer::done done() const {
        return [shared = shared](std::string error) {
            shared->thread = std::this_thread::get_id();
            shared->told.set_value(std::move(error));
        };
    }

    [[nodiscard]] std::string get() const { return shared->told.get_future().get(); }
};

std::string commit(writer& to, const batch& written) {
    answer const told;
    REQUIRE(to.commit(written, told.done()));
    return told.get();
}

struct fixture {
    scratch_directory directory;
    std::string error;

    connection open_beside() {
        auto opened =
            open_connection(directory.file("millrace.db"), file_access::read_write, error);
        REQUIRE(opened);
        return opened;
    }

    std::unique_ptr<reader> open_reader() {
        auto opened = reader::open(directory.path, error);
        INFO(error);
        REQUIRE(opened);
        return opened;
    }
};

}  // namespace

TEST_CASE("a batch is written when it is told, on a thread that is not the caller's", "[journal]") {
    fixture f;
    writer tested{open_store(f.directory.path), {}};
    auto const reading = f.open_reader();
    answer const told;

    REQUIRE(tested.commit(numbered_batch(1), told.done()));

    CHECK(told.get().empty());
    CHECK(told.shared->thread != std::this_thread::get_id());
    CHECK(reading->route_states(f.error) == numbered_batch(1).states);
    CHECK(tested.counted().commits == 1);
    CHECK(tested.counted().failures == 0);
    CHECK(tested.last_error().empty());
}

TEST_CASE("a batch may be made on the writer's thread, and comes back", "[journal]") {
    fixture f;
    writer tested{open_store(f.directory.path), {}};
    answer const told;
    std::thread::id made_on;
    batch returned;

    REQUIRE(tested.commit_made(
        [&made_on] {
            made_on = std::this_thread::get_id();
            return numbered_batch(3);
        },
        [&returned, done = told.done()](std::string error, batch written) {
            returned = std::move(written);
            done(std::move(error));
        }
    ));

    CHECK(told.get().empty());
    CHECK(made_on == told.shared->thread);
    CHECK(returned == numbered_batch(3));
    CHECK(f.open_reader()->route_states(f.error) == numbered_batch(3).states);
}

TEST_CASE("what was taken is written before the writer ends, in its order", "[journal]") {
    fixture f;
    {
        writer tested{open_store(f.directory.path), {}};
        for (std::uint64_t i = 0; i < 20; ++i) {
            REQUIRE(tested.commit(numbered_batch(i), {}));
        }
    }
    auto const store = open_store(f.directory.path);

    CHECK(store->load(f.error) == numbered_batch(19).states);
    CHECK(store->next_sequence({1}, f.error) == 20);
}

TEST_CASE("after a failure the next batch is tried all the same", "[journal]") {
    fixture f;
    writer tested{open_store(f.directory.path), {}};
    auto const beside = f.open_beside();
    REQUIRE(run(beside.get(),
                "CREATE TRIGGER refuse BEFORE INSERT ON inputs BEGIN"
                " SELECT raise(ABORT, 'no input today'); END")
                .empty());

    CHECK(commit(tested, numbered_batch(1)) == "no input today");
    CHECK(tested.last_error() == "no input today");
    batch without_inputs;
    without_inputs.states = {{"risk", "two"}};
    CHECK(commit(tested, without_inputs).empty());

    CHECK(tested.last_error().empty());
    CHECK(tested.counted().commits == 1);
    CHECK(tested.counted().failures == 1);
    CHECK(f.open_reader()->route_states(f.error) == without_inputs.states);
}

TEST_CASE("a disk that hangs shows in the age of what waits", "[journal]") {
    using namespace std::chrono_literals;
    fixture f;
    writer tested{open_store(f.directory.path), {}};
    REQUIRE(commit(tested, {}).empty());
    auto const beside = f.open_beside();
    // For the writer a lock that stays is like a disk that does not answer.
    REQUIRE(run(beside.get(), "BEGIN IMMEDIATE").empty());
    answer const told;

    REQUIRE(tested.commit(numbered_batch(1), told.done()));

    CHECK(tested.oldest_pending_age(millrace::clock::now() + 10s) >= 10s);
    CHECK(tested.counted().waiting >= 1);
    REQUIRE(run(beside.get(), "COMMIT").empty());
    CHECK(told.get().empty());
}

TEST_CASE("a lock that stays too long is an error", "[journal]") {
    fixture f;
    writer tested{open_store(f.directory.path), {}};
    auto const beside = f.open_beside();
    REQUIRE(commit(tested, {}).empty());
    REQUIRE(run(beside.get(), "BEGIN IMMEDIATE").empty());

    CHECK_THAT(commit(tested, numbered_batch(1)), Catch::Contains("locked"));

    REQUIRE(run(beside.get(), "COMMIT").empty());
    CHECK(commit(tested, numbered_batch(1)).empty());
}

TEST_CASE("a full queue refuses and counts it", "[journal]") {
    fixture f;
    params chosen;
    chosen.commits_waiting_max = 1;
    std::promise<void> begun;
    std::promise<void> go;
    writer tested{open_store(f.directory.path), chosen};
    REQUIRE(tested.commit({}, [&](const std::string&) {
        begun.set_value();
        go.get_future().wait();
    }));
    begun.get_future().wait();
    while (tested.commit({}, {})) {
    }

    CHECK(tested.counted().refused == 1);
    CHECK(tested.counted().waiting == 2);  // the place for pruning was free

    go.set_value();
    while (tested.counted().waiting != 0) {
        std::this_thread::yield();
    }
    CHECK(commit(tested, numbered_batch(1)).empty());
}

TEST_CASE("when a rollout ends, the inputs of the oldest one go", "[journal]") {
    fixture f;
    params chosen;
    chosen.replayable_rollouts_max = 2;
    {
        writer tested{open_store(f.directory.path), chosen};
        for (std::int64_t id = 1; id <= 4; ++id) {
            batch ended;
            ended.rollouts = {sample_rollout(id, "risk")};
            ended.rollouts.front().ended = true;
            ended.inputs = {{{id}, 0, "x"}};
            ended.decisions = {sample_decision(id, "over")};
            REQUIRE(commit(tested, ended).empty());
        }
        while (tested.counted().waiting != 0) {
            std::this_thread::yield();
        }
    }
    auto const store = open_store(f.directory.path);
    CHECK(store->next_sequence({1}, f.error) == 0);
    CHECK(store->next_sequence({2}, f.error) == 0);
    CHECK(store->next_sequence({3}, f.error) == 1);
    CHECK(store->next_sequence({4}, f.error) == 1);
    CHECK(f.open_reader()->decisions({1}, 0, 10, f.error).size() == 1);
}
