#pragma once

#include "proxy/journal/params.hpp"

#include <cstddef>
#include <string>

struct sqlite3;

/// How long what a replay needs stays in the file.
namespace millrace::journal {

/// Takes a bounded part of what the params do not keep, in a transaction of its own: of ended
/// rollouts that are not among the newest of their route the inputs, the checkpoints and the
/// memory; of every other rollout the inputs and checkpoints before the checkpoint that its time
/// and its size allow, the newest at the latest.
/// @return  rows that changed; 0: nothing is left to do, or an error, which is in `error`
[[nodiscard]] std::size_t prune_rows(
    sqlite3* database, const params& kept, std::size_t rows_max, std::string& error
);

}  // namespace millrace::journal
