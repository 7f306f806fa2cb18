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
