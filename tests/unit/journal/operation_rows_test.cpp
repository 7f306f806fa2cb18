#include "proxy/journal/operation_rows.hpp"

#include "proxy/journal/connection.hpp"
#include "proxy/journal/rows.hpp"
#include "proxy/journal/schema.hpp"

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

    void write(batch written) {
        write_rows(file, written, error);
        INFO(error);
        REQUIRE(error.empty());
    }

    void write(delivery_changes changes) {
        batch written;
        written.deliveries = std::move(changes);
        write(written);
    }
};

audit_row sample_audit(std::int64_t id) {
    return {
        .id = id,
        .wall_clock = "2026-01-01T00:00:00.000Z",
        .who = "ci",
        .role = "operate",
        .said = "ann",
        .why = "it's time",
        .action = "POST /api/v1/reload",
        .from = "127.0.0.1",
        .status = 200,
        .outcome = "done"};
}

dead_letter_row sample_dead(std::int64_t id) {
    return {
        .id = id,
        .wall_clock = "2026-01-01T00:00:00.000Z",
        .key = {"ci", "evt_1"},
        .event = "{}",
        .attempts = 8,
        .reason = "answered 503"};
}

}  // namespace

TEST_CASE("the audit record comes back, the newest in order", "[journal]") {
    fixture f;
    batch written;
    written.audit = {sample_audit(1), sample_audit(2), sample_audit(3)};
    f.write(written);
    f.write(written);

    CHECK(read_audit(f.file, 2, f.error) == std::vector{sample_audit(2), sample_audit(3)});
    CHECK(read_audit(f.file, 10, f.error).size() == 3);
    CHECK(f.error.empty());
}

TEST_CASE("strangers cannot fill the disk with the audit record", "[journal]") {
    fixture f;
    batch written;
    written.audit = {sample_audit(1), sample_audit(2)};
    f.write(written);
    written.audit = {sample_audit(audit_rows_max + 1)};
    f.write(written);

    auto const kept = read_audit(f.file, 10, f.error);

    REQUIRE(kept.size() == 2);
    CHECK(kept.front().id == 2);
}

TEST_CASE("what is delivered leaves the outbox, the rest stays in order", "[journal]") {
    fixture f;
    outbox_row const first{{"ci", "evt_1"}, "first"};
    outbox_row const second{{"ci", "evt_2"}, "second"};
    outbox_row const other{{"desk", "evt_1"}, "other"};
    f.write({.queued = {first, second, other}, .settled = {}, .dead = {}, .resent = {}});

    f.write({.queued = {}, .settled = {first.key}, .dead = {}, .resent = {}});

    CHECK(read_outbox(f.file, f.error) == std::vector{second, other});
}

TEST_CASE("a dead letter leaves the outbox and comes back when it is sent again", "[journal]") {
    fixture f;
    auto const dead = sample_dead(5);
    f.write({.queued = {{dead.key, "{}"}}, .settled = {}, .dead = {}, .resent = {}});

    f.write({.queued = {}, .settled = {dead.key}, .dead = {dead}, .resent = {}});
    CHECK(read_outbox(f.file, f.error).empty());
    CHECK(read_dead_letters(f.file, 10, f.error) == std::vector{dead});

    f.write({.queued = {{dead.key, "{}"}}, .settled = {}, .dead = {}, .resent = {5}});
    CHECK(read_outbox(f.file, f.error).size() == 1);
    CHECK(read_dead_letters(f.file, 10, f.error).empty());
}

TEST_CASE("the newest dead letters are kept", "[journal]") {
    fixture f;
    f.write({.queued = {}, .settled = {}, .dead = {sample_dead(1), sample_dead(2)}, .resent = {}});
    f.write({.queued = {}, .settled = {}, .dead = {sample_dead(dead_letters_max + 1)}, .resent = {}}
    );

    auto const kept = read_dead_letters(f.file, 10, f.error);

    REQUIRE(kept.size() == 2);
    CHECK(kept.front().id == 2);
}
