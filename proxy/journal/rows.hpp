#pragma once

#include "proxy/journal/records.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;

/// The rows of millrace.db and the records that they hold. Each function gives an error text in
/// `error`, empty when all went well; what it returned with an error is a part of the truth. A row
/// whose checksum does not fit is an error.
namespace millrace::journal {

/// Writes a batch within the transaction that the caller has begun.
void write_rows(sqlite3* database, const batch& written, std::string& error);

[[nodiscard]] route_states read_route_states(sqlite3* database, std::string& error);

/// Those that have not ended, oldest first.
[[nodiscard]] std::vector<rollout_row> read_open_rollouts(sqlite3* database, std::string& error);

/// The newest ones first, without their memory.
/// @param route  empty: of every route
[[nodiscard]] std::vector<rollout_row> read_rollouts(
    sqlite3* database, std::string_view route, std::size_t rows_max, std::string& error
);

[[nodiscard]] std::optional<rollout_row> read_rollout(
    sqlite3* database, rollout_id id, std::string& error
);

/// The largest id ever given; 0 when there was no rollout yet.
[[nodiscard]] rollout_id read_last_rollout(sqlite3* database, std::string& error);

/// In the order of their ids, those above `after`.
[[nodiscard]] std::vector<decision_row> read_decisions(
    sqlite3* database,
    rollout_id rollout,
    std::int64_t after,
    std::size_t rows_max,
    std::string& error
);

}  // namespace millrace::journal
