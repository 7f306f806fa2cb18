#pragma once

#include <string>

struct sqlite3;

/// The tables of millrace.db, and how older files get them. The number in the file is SQLite's
/// user_version. A change of the tables is a new step at the end, never a change of a step.
///
///   1  route_state: the traffic splits
///   2  rollouts, inputs, decisions
namespace millrace::journal {

inline constexpr int schema_version = 2;

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
