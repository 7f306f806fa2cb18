#include "proxy/journal/state_store.hpp"

#include "proxy/journal/input_rows.hpp"
#include "proxy/journal/operation_rows.hpp"
#include "proxy/journal/retention.hpp"
#include "proxy/journal/rows.hpp"
#include "proxy/journal/schema.hpp"

#include <fmt/format.h>

#include <mutex>
#include <utility>

namespace millrace::journal {

namespace {

// Of inputs at a time: some ten milliseconds of work, that a commit may have to wait for.
constexpr std::size_t prune_rows_max = 500;

/// How it writes: synced with each transaction, and no longer log than it needs. An error text, or
/// empty.
std::string set_up(sqlite3* database) {
    std::string error;
    auto const mode = single_text(database, "PRAGMA journal_mode=WAL", error);
    if (error.empty() && mode != "wal") {
        error = "the file system cannot hold a write-ahead log";
    }
    for (auto const* const sql : {"PRAGMA synchronous=FULL", "PRAGMA journal_size_limit=8388608"}) {
        if (error.empty()) {
            error = run(database, sql);
        }
    }
    return error;
}

/// Looks before it writes. An error text, or empty.
std::string make_ready(sqlite3* database) {
    for (auto* const check : {check_version, set_up, check_integrity, migrate}) {
        if (auto error = check(database); !error.empty()) {
            return error;
        }
    }
    return {};
}

}  // namespace

state_store::state_store(std::unique_ptr<data_directory> directory, connection opened)
    : directory_{std::move(directory)}, connection_{std::move(opened)} {}

std::unique_ptr<state_store> state_store::open(const std::string& directory, std::string& error) {
    auto locked = data_directory::open(directory, error);
    if (!locked) {
        error = fmt::format("data_dir: cannot use '{}': {}", directory, error);
        return nullptr;
    }
    auto const path = directory + "/millrace.db";
    auto opened = open_connection(path, file_access::read_write, error);
    if (opened) {
        error = make_ready(opened.get());
    }
    if (error.empty()) {
        error = sync_directory(directory);
    }
    if (!error.empty()) {
        error = fmt::format("data_dir: cannot use '{}': {}", path, error);
        return nullptr;
    }
    return std::unique_ptr<state_store>{new state_store{std::move(locked), std::move(opened)}};
}

state_store::route_states state_store::load(std::string& error) const {
    return read_route_states(connection_.get(), error);
}

std::vector<rollout_row> state_store::open_rollouts(std::string& error) const {
    return read_open_rollouts(connection_.get(), error);
}

rollout_id state_store::last_rollout(std::string& error) const {
    return read_last_rollout(connection_.get(), error);
}

std::uint64_t state_store::next_sequence(rollout_id rollout, std::string& error) const {
    return read_next_sequence(connection_.get(), rollout, error);
}

std::vector<audit_row> state_store::audit(std::size_t rows_max, std::string& error) const {
    return read_audit(connection_.get(), rows_max, error);
}

std::vector<dead_letter_row> state_store::dead_letters(std::size_t rows_max, std::string& error)
    const {
    return read_dead_letters(connection_.get(), rows_max, error);
}

std::vector<outbox_row> state_store::outbox(std::string& error) const {
    return read_outbox(connection_.get(), error);
}

std::string state_store::write(const batch& written) {
    std::lock_guard const our_turn{*turn_};
    auto error = run(connection_.get(), "BEGIN IMMEDIATE");
    if (!error.empty()) {
        return error;
    }
    write_rows(connection_.get(), written, error);
    if (error.empty()) {
        error = run(connection_.get(), "COMMIT");
    }
    if (!error.empty()) {
        (void)run(connection_.get(), "ROLLBACK");  // SQLite may have done so itself
    }
    return error;
}

std::string state_store::save(const route_states& changed) {
    batch written;
    written.states = changed;
    return write(written);
}

bool state_store::prune(const params& kept, std::string& error) {
    std::lock_guard const our_turn{*turn_};
    return prune_rows(connection_.get(), kept, prune_rows_max, error) != 0;
}

}  // namespace millrace::journal
