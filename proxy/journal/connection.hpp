#pragma once

#include <cstdint>
#include <memory>
#include <string>

struct sqlite3;

namespace millrace::journal {

struct connection_closer {
    void operator()(sqlite3* database) const noexcept;
};

/// A connection to an SQLite file. Thread: one at a time.
using connection = std::unique_ptr<sqlite3, connection_closer>;

enum class file_access : std::uint8_t {
    read_write,  ///< makes the file when it is not there
    read_only,   ///< the file must be there; writers may be at work
    immutable    ///< on a disk that nobody writes to; leftovers of a crash beside the file are not
                 ///< read
};

/// Null with a text in `error` when it cannot be opened. What is in the file is not looked at yet.
[[nodiscard]] connection open_connection(
    const std::string& path, file_access access, std::string& error
);

/// What went wrong in the last call, with the system's word on it when there is one. To be asked
/// right behind that call, before which errno was made 0.
[[nodiscard]] std::string error_of(sqlite3* database);

/// Runs statements that give no rows, or whose rows do not matter. An error text, or empty.
[[nodiscard]] std::string run(sqlite3* database, const char* sql);

/// The first column of the first row, empty when there is none; an error text in `error`, or empty.
[[nodiscard]] std::string single_text(sqlite3* database, const char* sql, std::string& error);

}  // namespace millrace::journal
