#include "proxy/journal/label_store.hpp"

#include "proxy/journal/schema.hpp"

#include <fmt/format.h>

#include <mutex>
#include <utility>

namespace millrace::journal {

namespace {

// Some milliseconds of work, that a commit may have to wait for.
constexpr std::size_t prune_rows_max = 5'000;

}  // namespace

label_store::label_store(connection opened, std::shared_ptr<write_turn> turn)
    : connection_{std::move(opened)}, turn_{std::move(turn)} {}

std::unique_ptr<label_store> label_store::open(
    const std::string& directory, std::shared_ptr<write_turn> turn, std::string& error
) {
    auto const path = directory + "/millrace.db";
    auto opened = open_connection(path, file_access::read_write, error);
    if (opened) {
        error = check_current(opened.get());
    }
    if (error.empty()) {
        error = run(opened.get(), "PRAGMA synchronous=FULL");
    }
    if (!error.empty()) {
        error = fmt::format("data_dir: cannot keep labels in '{}': {}", path, error);
        return nullptr;
    }
    return std::unique_ptr<label_store>{new label_store{std::move(opened), std::move(turn)}};
}

std::string label_store::in_transaction(
    const std::function<void(sqlite3* database, std::string& error)>& work
) {
    std::lock_guard const our_turn{*turn_};
    auto error = run(connection_.get(), "BEGIN IMMEDIATE");
    if (!error.empty()) {
        return error;
    }
    work(connection_.get(), error);
    if (error.empty()) {
        error = run(connection_.get(), "COMMIT");
    }
    if (!error.empty()) {
        (void)run(connection_.get(), "ROLLBACK");  // SQLite may have done so itself
    }
    return error;
}

std::string label_store::write(const std::vector<label_row>& rows) {
    return in_transaction([&rows](sqlite3* database, std::string& error) {
        write_labels(database, rows, error);
    });
}

std::string label_store::read(
    std::int64_t assigned_since, const std::function<void(const label_row&)>& take
) const {
    std::string error;
    read_labels(connection_.get(), assigned_since, take, error);
    return error;
}

bool label_store::prune(std::int64_t received_before, std::string& error) {
    std::size_t taken = 0;
    error = in_transaction([&taken, received_before](sqlite3* database, std::string& failed) {
        taken = prune_labels(database, received_before, prune_rows_max, failed);
    });
    return error.empty() && taken != 0;
}

std::string label_store::progress_of(rollout_id rollout, std::string& error) const {
    return read_label_progress(connection_.get(), rollout, error);
}

std::vector<std::uint32_t> label_store::begin_incarnation(
    std::uint32_t incarnation, std::int64_t now, std::int64_t since, std::string& error
) {
    std::vector<std::uint32_t> ours;
    error = in_transaction([&](sqlite3* database, std::string& failed) {
        write_incarnation(database, incarnation, now, failed);
        if (failed.empty()) {
            ours = read_incarnations(database, since, failed);
        }
    });
    return ours;
}

}  // namespace millrace::journal
