#include "proxy/journal/connection.hpp"

#include "proxy/journal/statement.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <sqlite3.h>
#include <string_view>
#include <system_error>

namespace millrace::journal {

namespace {

// A reader that has just found the traces of a crash holds everybody up while it reads them.
constexpr int busy_timeout_ms = 2000;

// SQLite's default, which no file of ours ever had changed.
constexpr std::uintmax_t page_bytes = 4096;

/// SQLite takes a file that lost all but a piece of its first page for a new one, and what was
/// recorded in it for never said.
bool is_torn(const std::string& path) {
    std::error_code absent;
    auto const size = std::filesystem::file_size(path, absent);
    return !absent && size > 0 && size < page_bytes;
}

/// A path as SQLite's URI: what has a meaning there is escaped.
std::string uri_of(const std::string& path) {
    static constexpr std::string_view digits = "0123456789ABCDEF";
    std::string uri = "file:";
    for (char const letter : path) {
        if (letter == '%' || letter == '?' || letter == '#') {
            auto const byte = static_cast<unsigned char>(letter);
            uri += '%';
            uri += digits[byte >> 4U];
            uri += digits[byte & 15U];
        } else {
            uri += letter;
        }
    }
    return uri + "?immutable=1";
}

}  // namespace

void connection_closer::operator()(sqlite3* database) const noexcept {
    sqlite3_close(database);
}

connection open_connection(const std::string& path, file_access access, std::string& error) {
    bool const writes = access == file_access::read_write;
    int flags = writes ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    std::string name = path;
    if (access == file_access::immutable) {
        flags |= SQLITE_OPEN_URI;
        name = uri_of(path);
    }
    if (is_torn(path)) {
        error = "the file is damaged: it is shorter than a page";
        return nullptr;
    }
    sqlite3* opened = nullptr;
    errno = 0;
    int const code = sqlite3_open_v2(name.c_str(), &opened, flags, nullptr);
    connection made{opened};
    error.clear();
    if (code != SQLITE_OK) {
        error = error_of(opened);
        return nullptr;
    }
    sqlite3_busy_timeout(opened, busy_timeout_ms);
    return made;
}

std::string error_of(sqlite3* database) {
    int const last = errno;  // SQLite keeps the system's word on an open, but not on a commit
    if (database == nullptr) {
        return "out of memory";
    }
    std::string text = sqlite3_errmsg(database);
    int const code = sqlite3_errcode(database);
    int const kept = sqlite3_system_errno(database);
    int const system = kept != 0 ? kept : last;
    if ((code == SQLITE_IOERR || code == SQLITE_CANTOPEN) && system != 0) {
        text += fmt::format(" ({})", std::generic_category().message(system));
    }
    return text;
}

std::string run(sqlite3* database, const char* sql) {
    errno = 0;
    return sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_OK ? std::string{}
                                                                               : error_of(database);
}

std::string single_text(sqlite3* database, const char* sql, std::string& error) {
    statement query{database, sql};
    auto text = query.next() ? query.take_text() : std::string{};
    error = query.error();
    return text;
}

}  // namespace millrace::journal
