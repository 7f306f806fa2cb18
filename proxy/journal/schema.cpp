#include "proxy/journal/schema.hpp"

#include "proxy/journal/connection.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace millrace::journal {

namespace {

/// Step i makes version i + 1 out of version i.
constexpr std::array<const char*, schema_version> steps{
    "CREATE TABLE route_state(route TEXT PRIMARY KEY, state TEXT NOT NULL)"
    " WITHOUT ROWID;",

    "CREATE TABLE rollouts("
    " id INTEGER PRIMARY KEY,"
    " route TEXT NOT NULL,"
    " params TEXT NOT NULL,"
    " params_hash TEXT NOT NULL,"
    " code_version TEXT NOT NULL,"
    " time_ms INTEGER NOT NULL,"
    " wall_clock TEXT NOT NULL,"
    " state TEXT NOT NULL,"
    " memory BLOB NOT NULL,"
    " route_state TEXT NOT NULL,"
    " ended INTEGER NOT NULL);"
    "CREATE INDEX rollouts_of_route ON rollouts(route, id);"
    // With a rowid of its own, because blobs of kilobytes make poor index entries.
    "CREATE TABLE inputs("
    " rollout INTEGER NOT NULL,"
    " sequence INTEGER NOT NULL,"
    " data BLOB NOT NULL,"
    " PRIMARY KEY(rollout, sequence));"
    "CREATE TABLE decisions("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " rollout INTEGER NOT NULL,"
    " route TEXT NOT NULL,"
    " wall_clock TEXT NOT NULL,"
    " time_ms INTEGER NOT NULL,"
    " reason TEXT NOT NULL,"
    " summary TEXT NOT NULL,"
    " evidence TEXT NOT NULL,"
    " shares_before TEXT NOT NULL,"
    " shares_after TEXT NOT NULL,"
    " config_hash TEXT NOT NULL,"
    " code_version TEXT NOT NULL);"
    "CREATE INDEX decisions_of_rollout ON decisions(rollout, id);",

    "CREATE TABLE units("
    " id INTEGER PRIMARY KEY,"
    " rollout INTEGER NOT NULL,"
    " data BLOB NOT NULL);"
    "CREATE INDEX units_of_rollout ON units(rollout, id);",
    // A checksum of 0 is not known: an older millrace wrote the row.
    "ALTER TABLE route_state ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE rollouts ADD COLUMN total_timeout_ms INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE rollouts ADD COLUMN attempt INTEGER NOT NULL DEFAULT 1;"
    "ALTER TABLE rollouts ADD COLUMN artifacts TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE rollouts ADD COLUMN phase TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE rollouts ADD COLUMN next_input INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE rollouts ADD COLUMN proposed INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE rollouts ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE decisions ADD COLUMN input INTEGER NOT NULL DEFAULT -1;"
    "ALTER TABLE decisions ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;"
    "DROP TABLE inputs;"
    "CREATE TABLE inputs("
    " rollout INTEGER NOT NULL,"
    " sequence INTEGER NOT NULL,"
    " inputs INTEGER NOT NULL,"
    " data BLOB NOT NULL,"
    " checksum INTEGER NOT NULL,"
    " PRIMARY KEY(rollout, sequence));"
    "CREATE TABLE checkpoints("
    " rollout INTEGER NOT NULL,"
    " sequence INTEGER NOT NULL,"
    " kind TEXT NOT NULL,"
    " time_ms INTEGER NOT NULL,"
    " wall_clock TEXT NOT NULL,"
    " missing_ms INTEGER NOT NULL,"
    " build TEXT NOT NULL,"
    " processor TEXT NOT NULL,"
    " memory BLOB NOT NULL,"
    " checksum INTEGER NOT NULL,"
    " PRIMARY KEY(rollout, sequence));",
    // In the order in which they came: to add one is to write at the end, and the oldest go first.
    "CREATE TABLE labels("
    " id INTEGER PRIMARY KEY,"
    " received INTEGER NOT NULL,"
    " incarnation INTEGER NOT NULL,"
    " worker INTEGER NOT NULL,"
    " sequence INTEGER NOT NULL,"
    " route INTEGER NOT NULL,"
    " version INTEGER NOT NULL,"
    " epoch INTEGER NOT NULL,"
    " assigned INTEGER NOT NULL,"
    " kind INTEGER NOT NULL,"
    " value REAL NOT NULL);"
    "CREATE TABLE label_progress(rollout INTEGER PRIMARY KEY, data BLOB NOT NULL);"
    "CREATE TABLE incarnations(incarnation INTEGER PRIMARY KEY, began INTEGER NOT NULL);",
    "CREATE TABLE audit("
    " id INTEGER PRIMARY KEY,"
    " wall_clock TEXT NOT NULL,"
    " who TEXT NOT NULL,"
    " role TEXT NOT NULL,"
    " said TEXT NOT NULL,"
    " why TEXT NOT NULL,"
    " action TEXT NOT NULL,"
    " peer TEXT NOT NULL,"
    " status INTEGER NOT NULL,"
    " outcome TEXT NOT NULL);"
    "CREATE TABLE outbox("
    " webhook TEXT NOT NULL,"
    " event_id TEXT NOT NULL,"
    " event TEXT NOT NULL,"
    " PRIMARY KEY(webhook, event_id));"
    "CREATE TABLE dead_letters("
    " id INTEGER PRIMARY KEY,"
    " wall_clock TEXT NOT NULL,"
    " webhook TEXT NOT NULL,"
    " event_id TEXT NOT NULL,"
    " event TEXT NOT NULL,"
    " attempts INTEGER NOT NULL,"
    " reason TEXT NOT NULL);",
};

int version_of(sqlite3* database, std::string& error) {
    auto const text = single_text(database, "PRAGMA user_version", error);
    int version = 0;
    std::from_chars(text.data(), text.data() + text.size(), version);
    return version;
}

/// One transaction. An error text, or empty.
std::string take_step(sqlite3* database, int from) {
    auto const sql = fmt::format(
        "BEGIN IMMEDIATE; {} PRAGMA user_version={}; COMMIT",
        steps[static_cast<std::size_t>(from)],
        from + 1
    );
    auto error = run(database, sql.c_str());
    if (!error.empty()) {
        (void)run(database, "ROLLBACK");
    }
    return error;
}

}  // namespace

std::string check_version(sqlite3* database) {
    std::string error;
    int const version = version_of(database, error);
    if (error.empty() && (version < 0 || version > schema_version)) {
        error = fmt::format(
            "its schema version is {}, this millrace knows 1 to {}: a newer millrace wrote it",
            version,
            schema_version
        );
    }
    return error;
}

std::string check_current(sqlite3* database) {
    auto error = check_version(database);
    if (error.empty() && version_of(database, error) != schema_version && error.empty()) {
        error =
            "an older millrace wrote it: run 'millrace serve' on it once, it brings it up to date";
    }
    return error;
}

std::string check_integrity(sqlite3* database) {
    std::string error;
    auto const found = single_text(database, "PRAGMA quick_check(1)", error);
    if (error.empty() && found != "ok") {
        error = found;
    }
    return error.empty() ? error : "the file is damaged: " + error;
}

std::string migrate(sqlite3* database) {
    std::string error;
    int const version = version_of(database, error);
    for (int from = version; error.empty() && from < schema_version; ++from) {
        error = take_step(database, from);
    }
    return error;
}

}  // namespace millrace::journal
