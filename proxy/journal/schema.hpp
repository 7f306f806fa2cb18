#pragma once

#include <string>

struct sqlite3;

/// The tables of millrace.db, and how older files get them. The number in the file is SQLite's
/// user_version. A change of the tables is a new step at the end, never a change of a step.
///
///   1  route_state: the traffic splits
///   2  rollouts, inputs, decisions
///   3  units: of rollouts on sticky routes
///   4  a checksum in each row; inputs in blocks, checkpoints; what a replay and the count of
///      attempts need. Inputs of version 2 go: without a checkpoint nobody can replay them
///   5  labels, label_progress, incarnations
///   6  audit, outbox, dead_letters
namespace millrace::journal {

inline constexpr int schema_version = 6;

/// Empty when the file can be brought up to date: it is new, ours and older, or current. Changes
/// nothing.
[[nodiscard]] std::string check_version(sqlite3* database);

/// Empty when the file is just of our version: what a reader needs, who must not change it.
[[nodiscard]] std::string check_current(sqlite3* database);

/// Reads the whole file and looks whether its parts fit together. An error text, or empty.
[[nodiscard]] std::string check_integrity(sqlite3* database);

/// Takes the steps that the file lacks, each in a transaction of its own. An error text, or empty.
[[nodiscard]] std::string migrate(sqlite3* database);

}  // namespace millrace::journal
