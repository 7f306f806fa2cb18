#pragma once

#include "proxy/journal/records.hpp"

#include <string>
#include <vector>

struct sqlite3;

/// The rows of millrace.db about units of rollouts on sticky routes. Each function gives an error
/// text in `error`, empty when all went well.
namespace millrace::journal {

/// Adds a batch's rows within the transaction that the caller has begun, and takes out those that
/// nobody will ask for: of rollouts of the batch that ended, and of older ones of their routes.
void write_units(sqlite3* database, const batch& written, std::string& error);

/// The data of a rollout's rows, in the order in which they were written.
[[nodiscard]] std::vector<std::string> read_units(
    sqlite3* database, rollout_id rollout, std::string& error
);

}  // namespace millrace::journal
