#pragma once

#include "proxy/journal/operation_records.hpp"

#include <cstddef>
#include <string>
#include <vector>

struct sqlite3;

/// The rows of audit, outbox and dead letters, as rows.hpp: an error text in `error`, or empty.
namespace millrace::journal {

/// Of each table the newest are kept; what a stranger may fill must not fill the disk.
inline constexpr std::int64_t audit_rows_max = 100'000;
inline constexpr std::int64_t dead_letters_max = 10'000;

/// Within the transaction that the caller has begun, as the two below.
void write_audit(sqlite3* database, const std::vector<audit_row>& rows, std::string& error);

void write_deliveries(sqlite3* database, const delivery_changes& changes, std::string& error);

/// The newest `rows_max` in the order of their ids.
[[nodiscard]] std::vector<audit_row> read_audit(
    sqlite3* database, std::size_t rows_max, std::string& error
);

/// In the order in which they were queued.
[[nodiscard]] std::vector<outbox_row> read_outbox(sqlite3* database, std::string& error);

/// The newest `rows_max` in the order of their ids.
[[nodiscard]] std::vector<dead_letter_row> read_dead_letters(
    sqlite3* database, std::size_t rows_max, std::string& error
);

}  // namespace millrace::journal
