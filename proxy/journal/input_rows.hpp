#pragma once

#include "proxy/journal/records.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

struct sqlite3;

/// The rows that a replay reads: inputs and checkpoints. Errors as in rows.hpp; a row whose
/// checksum does not fit is one.
namespace millrace::journal {

void write_inputs(sqlite3* database, const std::vector<input_row>& inputs, std::string& error);

void write_checkpoints(
    sqlite3* database, const std::vector<checkpoint_row>& checkpoints, std::string& error
);

/// In the order of their sequence, those that begin at `first` or later.
[[nodiscard]] std::vector<input_row> read_inputs(
    sqlite3* database,
    rollout_id rollout,
    std::uint64_t first,
    std::size_t rows_max,
    std::string& error
);

/// In the order of their sequence, those from `first` on.
[[nodiscard]] std::vector<checkpoint_row> read_checkpoints(
    sqlite3* database,
    rollout_id rollout,
    std::uint64_t first,
    std::size_t rows_max,
    std::string& error
);

/// The sequence behind the last input of a rollout; 0 when it never had one.
[[nodiscard]] std::uint64_t read_next_sequence(
    sqlite3* database, rollout_id rollout, std::string& error
);

}  // namespace millrace::journal
