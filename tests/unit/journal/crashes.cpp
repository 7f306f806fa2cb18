// Processes that are killed while they write: whatever they were told was written is there, and
// nothing of anything else is there by halves.
#include "proxy/base/random.hpp"
#include "proxy/journal/reader.hpp"
#include "proxy/journal/rollback_marks.hpp"
#include "proxy/journal/writer.hpp"

#include "tests/unit/journal/sample_rows.hpp"
#include "tests/unit/journal/scratch_directory.hpp"

#include <catch2/catch.hpp>

#include <sys/mman.h>
#include <sys/wait.h>

#include <atomic>
#include <csignal>
#include <functional>
#include <semaphore>
#include <unistd.h>
#include <utility>

using namespace millrace::journal;  // NOLINT(google-build-using-namespace): the subject of this
                                    // file

namespace {

using millrace::clock;

/// Tells from one process to another how many times something was acknowledged.
class acknowledgements {
 public:
    acknowledgements() { REQUIRE(::pipe(ends_) == 0); }

    acknowledgements(const acknowledgements&) = delete;
    acknowledgements& operator=(const acknowledgements&) = delete;

    ~acknowledgements() {
        ::close(ends_[0]);
        close_writing();
    }

    void tell() const { (void)!::write(ends_[1], "!", 1); }

    /// Waits for one. False: the other process has ended and all were taken.
    [[nodiscard]] bool take() const {
        char word = 0;
        return ::read(ends_[0], &word, 1) == 1;
    }

    /// In the process that takes: only so it learns of the end.
    void close_writing() {
        if (ends_[1] >= 0) {
            ::close(std::exchange(ends_[1], -1));
        }
    }

 private:
    int ends_[2] = {-1, -1};
};

/// Runs `work` in a process of its own, and kills that when `goal` acknowledgements have come and
/// `more` has passed. How many there were; less than `goal` when it ended by itself.
std::uint64_t run_and_kill(
    const std::function<void(const acknowledgements&)>& work,
    std::uint64_t goal,
    millrace::duration more
) {
    acknowledgements acknowledged;
    auto const child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        work(acknowledged);
        ::_exit(1);
    }
    acknowledged.close_writing();
    std::uint64_t taken = 0;
    while (taken < goal && acknowledged.take()) {
        ++taken;
    }
    for (auto const until = clock::now() + more; clock::now() < until;) {
    }
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    while (acknowledged.take()) {
        ++taken;
    }
    return taken;
}

/// Commits numbered batches until it is killed; leaves early when something is wrong.
void commit_for_ever(
    const std::string& directory, std::uint64_t from, const acknowledgements& acknowledged
) {
    std::string error;
    auto store = state_store::open(directory, error);
    if (!store) {
        return;
    }
    std::counting_semaphore<> room{4};
    std::atomic<bool> failed{false};
    writer tested{std::move(store), {}};
    auto const told = [&](const std::string& problem) {
        if (problem.empty()) {
            acknowledged.tell();
        } else {
            failed = true;
        }
        room.release();
    };
    for (auto number = from; !failed; ++number) {
        room.acquire();
        if (!tested.commit(numbered_batch(number), told)) {
            return;
        }
    }
}

/// What a restart finds: the number of the last batch, whose parts are all there.
std::uint64_t check_whole(const reader& found, std::uint64_t decisions_before, std::int64_t& last) {
    std::string error;
    auto const states = found.route_states(error);
    auto const number = states.empty() ? 0 : std::stoull(states.at("a"));
    auto const expected = numbered_batch(number);
    REQUIRE(number > 0);
    CHECK(states == expected.states);
    CHECK(found.open_rollouts(error) == expected.rollouts);
    auto const decisions = found.decisions({1}, last, 100'000, error);
    CHECK(decisions.size() == number - decisions_before);
    REQUIRE_FALSE(decisions.empty());
    CHECK(decisions.back().summary == expected.decisions.front().summary);
    last = decisions.back().id;
    CHECK(error.empty());
    return number;
}

}  // namespace

TEST_CASE("a writer that is killed has written what it said, and nothing by halves", "[journal]") {
    scratch_directory const directory{memory_place()};
    millrace::random_source random{20260101};
    std::uint64_t written = 0;
    std::int64_t last_decision = 0;
    std::string error;

    for (int round = 0; round < 300; ++round) {
        auto const goal = 1 + random.below(6);
        auto const acknowledged = run_and_kill(
            [&](const acknowledgements& told) {
                commit_for_ever(directory.path, written + 1, told);
            },
            goal,
            std::chrono::microseconds{random.below(500)}
        );
        REQUIRE(acknowledged >= goal);

        auto const found = reader::open(directory.path, error);
        INFO(error);
        REQUIRE(found);
        auto const before = std::exchange(written, check_whole(*found, written, last_decision));
        REQUIRE(written >= before + acknowledged);
    }
    auto const store = open_store(directory.path);
    CHECK(store->next_sequence({1}, error) == written + 1);
    CHECK(store->load(error) == numbered_batch(written).states);
}

TEST_CASE("a rollback that was marked before a kill is found after it", "[journal]") {
    scratch_directory const directory{memory_place()};
    millrace::random_source random{7};
    std::int64_t known = 0;  // rollouts up to here are cleared
    std::string error;

    auto const mark_for_ever = [&](const acknowledgements& told) {
        auto const marks = rollback_marks::open(directory.path, error);
        for (auto id = known + 1; marks && marks->mark({"risk", {id}, "v2", 1}).empty(); ++id) {
            told.tell();
        }
        ::pause();
    };
    for (int round = 0; round < 60; ++round) {
        auto const acknowledged = run_and_kill(
            mark_for_ever, 1 + random.below(40), std::chrono::microseconds{random.below(100)}
        );

        auto const marks = rollback_marks::open(directory.path, error);
        REQUIRE(marks);
        CHECK(marks->found().torn == 0);
        REQUIRE(marks->found().marks.size() >= acknowledged);
        for (auto const& mark : marks->found().marks) {
            CHECK(mark.rollout.value == ++known);
            REQUIRE(marks->clear(mark.rollout, mark.candidate).empty());
        }
    }
}
