#include "proxy/journal/state_store.hpp"

#include <fmt/format.h>
#include <sqlite3.h>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>

namespace millrace::journal {

namespace {

constexpr int schema_version = 1;

struct finalizer {
    void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
};

using statement = std::unique_ptr<sqlite3_stmt, finalizer>;

std::string run(sqlite3* database, const char* sql) {
    return sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_OK
               ? std::string{}
               : std::string{sqlite3_errmsg(database)};
}

statement prepare(sqlite3* database, const char* sql) {
    sqlite3_stmt* made = nullptr;
    sqlite3_prepare_v2(database, sql, -1, &made, nullptr);
    return statement{made};
}

std::string text_of(sqlite3_stmt* row, int column) {
    auto const* const text = reinterpret_cast<const char*>(sqlite3_column_text(row, column));
    return text == nullptr ? std::string{}
                           : std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(row, column)));
}

std::string single_text(sqlite3* database, const char* sql) {
    auto const row = prepare(database, sql);
    return row && sqlite3_step(row.get()) == SQLITE_ROW ? text_of(row.get(), 0) : std::string{};
}

/// Locks, checks and migrates. An error text, or empty.
std::string make_ready(sqlite3* database) {
    // EXCLUSIVE: a second gateway on the same directory is told so instead of sharing the state.
    for (auto const* const sql :
         {"PRAGMA locking_mode=EXCLUSIVE", "PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL",
          "BEGIN EXCLUSIVE", "COMMIT"}) {
        if (auto error = run(database, sql); !error.empty()) {
            return error;
        }
    }
    if (auto const found = single_text(database, "PRAGMA quick_check(1)"); found != "ok") {
        return "the file is damaged: " + found;
    }
    auto const version = single_text(database, "PRAGMA user_version");
    if (version != "0" && version != std::to_string(schema_version)) {
        return fmt::format(
            "its schema version is {}, this millrace knows {}", version, schema_version
        );
    }
    return run(
        database,
        "BEGIN;"
        "CREATE TABLE IF NOT EXISTS route_state(route TEXT PRIMARY KEY, state TEXT NOT NULL)"
        " WITHOUT ROWID;"
        "PRAGMA user_version=1;"
        "COMMIT"
    );
}

}  // namespace

void state_store::closer::operator()(sqlite3* database) const noexcept { sqlite3_close(database); }

state_store::state_store(std::unique_ptr<sqlite3, closer> database)
    : database_{std::move(database)} {}

state_store::~state_store() = default;

std::unique_ptr<state_store> state_store::open(const std::string& directory, std::string& error) {
    std::error_code failed;
    if (std::filesystem::create_directories(directory, failed)) {
        std::filesystem::permissions(directory, std::filesystem::perms::owner_all, failed);
    }
    auto const path = directory + "/millrace.db";
    sqlite3* opened = nullptr;
    auto const code = sqlite3_open_v2(
        path.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr
    );
    std::unique_ptr<sqlite3, closer> database{opened};
    error = code == SQLITE_OK ? make_ready(opened) : std::string{sqlite3_errmsg(opened)};
    if (!error.empty()) {
        error = fmt::format("data_dir: cannot use '{}': {}", path, error);
        return nullptr;
    }
    return std::unique_ptr<state_store>{new state_store{std::move(database)}};
}

state_store::route_states state_store::load(std::string& error) const {
    route_states states;
    auto const rows = prepare(database_.get(), "SELECT route, state FROM route_state");
    int code = rows ? sqlite3_step(rows.get()) : SQLITE_ERROR;
    for (; code == SQLITE_ROW; code = sqlite3_step(rows.get())) {
        states.emplace(text_of(rows.get(), 0), text_of(rows.get(), 1));
    }
    error = code == SQLITE_DONE ? std::string{} : std::string{sqlite3_errmsg(database_.get())};
    return states;
}

std::string state_store::save(const route_states& changed) {
    auto* const database = database_.get();
    if (auto error = run(database, "BEGIN IMMEDIATE"); !error.empty()) {
        return error;
    }
    auto const row = prepare(
        database, "INSERT OR REPLACE INTO route_state(route, state) VALUES(?1, ?2)"
    );
    bool good = row != nullptr;
    for (auto each = changed.begin(); good && each != changed.end(); ++each) {
        auto const bind = [&row](int place, const std::string& text) {
            return sqlite3_bind_text(
                       row.get(), place, text.data(), static_cast<int>(text.size()), SQLITE_STATIC
                   ) == SQLITE_OK;
        };
        good = bind(1, each->first) && bind(2, each->second) &&
               sqlite3_step(row.get()) == SQLITE_DONE && sqlite3_reset(row.get()) == SQLITE_OK;
    }
    auto error = good ? run(database, "COMMIT") : std::string{sqlite3_errmsg(database)};
    if (!error.empty()) {
        (void)run(database, "ROLLBACK");
    }
    return error;
}

}  // namespace millrace::journal
