#include "proxy/app/journal_feed.hpp"

#include <catch2/catch.hpp>

#include <utility>
#include <vector>

namespace millrace::app {

namespace {

/// A disk that answers when the test says so.
struct slow_disk {
    std::vector<journal::batch> batches;
    std::vector<std::function<void(std::string)>> waiting;
    bool full = false;
    journal_feed feed{
        [this](journal::batch what, std::function<void(std::string)> done) {
            if (full) {
                return false;
            }
            batches.push_back(std::move(what));
            waiting.push_back(std::move(done));
            return true;
        },
        duration::zero()};

    void answer(std::string error) {
        auto const done = std::move(waiting.front());
        waiting.erase(waiting.begin());
        done(std::move(error));
    }
};

journal::audit_row row(std::int64_t id) {
    journal::audit_row made;
    made.id = id;
    return made;
}

std::vector<std::int64_t> ids_of(const journal::batch& batch) {
    std::vector<std::int64_t> ids;
    for (auto const& each : batch.audit) {
        ids.push_back(each.id);
    }
    return ids;
}

}  // namespace

TEST_CASE("one batch is under way, what comes meanwhile goes together", "[app][journal]") {
    slow_disk disk;
    disk.feed.record(row(1));
    disk.feed.record(row(2));
    disk.feed.record(row(3));
    CHECK(disk.batches.size() == 1);

    disk.answer("");

    REQUIRE(disk.batches.size() == 2);
    CHECK(ids_of(disk.batches[0]) == std::vector<std::int64_t>{1});
    CHECK(ids_of(disk.batches[1]) == std::vector<std::int64_t>{2, 3});
    disk.answer("");
    CHECK(disk.batches.size() == 2);
}

TEST_CASE("what cannot be written goes with the next", "[app][journal]") {
    slow_disk disk;
    disk.feed.record(row(1));
    disk.feed.keep({.queued = {{{"ci", "evt_1"}, "{}"}}, .settled = {}, .dead = {}, .resent = {}});
    disk.answer("the disk is full");
    CHECK(disk.batches.size() == 1);

    disk.full = true;
    disk.feed.record(row(2));
    disk.full = false;
    disk.feed.record(row(3));

    REQUIRE(disk.batches.size() == 2);
    CHECK(ids_of(disk.batches[1]) == std::vector<std::int64_t>{1, 2, 3});
    CHECK(disk.batches[1].deliveries.queued.size() == 1);
}

TEST_CASE(
    "a letter that died and was sent again within a batch stays in the outbox", "[app][journal]"
) {
    slow_disk disk;
    disk.feed.record(row(1));  // under way: what follows is one batch
    journal::delivery_key const key{"ci", "evt_1"};
    journal::dead_letter_row dead;
    dead.id = 4;
    dead.key = key;
    disk.feed.keep({.queued = {}, .settled = {key}, .dead = {dead}, .resent = {}});
    disk.feed.keep({.queued = {{key, "{}"}}, .settled = {}, .dead = {}, .resent = {4}});
    disk.answer("");

    REQUIRE(disk.batches.size() == 2);
    auto const& changes = disk.batches[1].deliveries;
    CHECK(changes.queued.size() == 1);
    CHECK(changes.settled.empty());
    CHECK(changes.resent == std::vector<std::int64_t>{4});
}

TEST_CASE(
    "a disk that takes nothing is left alone, and does not eat the memory", "[app][journal]"
) {
    std::vector<journal::batch> batches;
    std::size_t tried = 0;
    bool full = true;
    journal_feed feed{
        [&](journal::batch what, const std::function<void(std::string)>& done) {
            ++tried;
            if (!full) {
                batches.push_back(std::move(what));
                done("");
            }
            return !full;
        },
        std::chrono::hours{1}};
    for (std::int64_t i = 0; i < 10'100; ++i) {
        feed.record(row(i));
    }
    CHECK(tried == 1);

    full = false;
    feed.finish();

    REQUIRE(batches.size() == 1);
    CHECK(batches[0].audit.size() == 10'000);
    CHECK(batches[0].audit.back().id == 10'099);
}

TEST_CASE("the end waits for what is written, not for what cannot be", "[app][journal]") {
    slow_disk disk;
    disk.full = true;
    disk.feed.record(row(1));

    disk.feed.finish();

    CHECK(disk.batches.empty());
}

}  // namespace millrace::app
