#pragma once

#include "proxy/journal/records.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

struct sqlite3;

/// The tables of labels in millrace.db. Each function gives an error text in `error`, or empty.
namespace millrace::journal {

/// Adds rows within the transaction that the caller has begun.
void write_labels(sqlite3* database, const std::vector<label_row>& rows, std::string& error);

/// Gives out the labels of answers from `assigned_since` on (Unix seconds) in the order in which
/// they came.
void read_labels(
    sqlite3* database,
    std::int64_t assigned_since,
    const std::function<void(const label_row&)>& take,
    std::string& error
);

/// Takes away the oldest rows, at most `rows_max`, as far as they came before `received_before`.
/// @return  how many
[[nodiscard]] std::size_t prune_labels(
    sqlite3* database, std::int64_t received_before, std::size_t rows_max, std::string& error
);

void write_label_progress(
    sqlite3* database, const std::vector<label_progress_row>& rows, std::string& error
);

/// Empty when there is none.
[[nodiscard]] std::string read_label_progress(
    sqlite3* database, rollout_id rollout, std::string& error
);

/// Notes a process, by the number that its ids carry.
void write_incarnation(
    sqlite3* database, std::uint32_t incarnation, std::int64_t began, std::string& error
);

/// Those that began from `since` on (Unix seconds), and the one before them.
[[nodiscard]] std::vector<std::uint32_t> read_incarnations(
    sqlite3* database, std::int64_t since, std::string& error
);

}  // namespace millrace::journal
