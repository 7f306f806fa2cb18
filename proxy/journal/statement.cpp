#include "proxy/journal/statement.hpp"

#include "proxy/journal/connection.hpp"

#include <cerrno>
#include <sqlite3.h>

namespace millrace::journal {

namespace {

/// SQLite takes a null pointer for NULL, and an empty view may hold one.
const char* pointer_of(std::string_view value) {
    return value.data() == nullptr ? "" : value.data();
}

}  // namespace

void statement::finalizer::operator()(sqlite3_stmt* statement) const noexcept {
    sqlite3_finalize(statement);
}

statement::statement(sqlite3* database, std::string_view sql) : database_{database} {
    sqlite3_stmt* made = nullptr;
    errno = 0;
    check(sqlite3_prepare_v2(database, sql.data(), static_cast<int>(sql.size()), &made, nullptr));
    prepared_.reset(made);
}

void statement::check(int code) {
    if (code != SQLITE_OK && error_.empty()) {
        error_ = error_of(database_);
    }
}

statement& statement::put_text(std::string_view value) {
    if (error_.empty()) {
        check(sqlite3_bind_text64(
            prepared_.get(),
            ++parameter_,
            pointer_of(value),
            value.size(),
            SQLITE_STATIC,
            SQLITE_UTF8
        ));
    }
    return *this;
}

statement& statement::put_blob(std::string_view value) {
    if (error_.empty()) {
        check(sqlite3_bind_blob64(
            prepared_.get(), ++parameter_, pointer_of(value), value.size(), SQLITE_STATIC
        ));
    }
    return *this;
}

statement& statement::put_number(std::int64_t value) {
    if (error_.empty()) {
        check(sqlite3_bind_int64(prepared_.get(), ++parameter_, value));
    }
    return *this;
}

statement& statement::put_real(double value) {
    if (error_.empty()) {
        check(sqlite3_bind_double(prepared_.get(), ++parameter_, value));
    }
    return *this;
}

bool statement::write() {
    errno = 0;
    if (error_.empty() && sqlite3_step(prepared_.get()) != SQLITE_DONE) {
        error_ = error_of(database_);
    }
    sqlite3_reset(prepared_.get());
    parameter_ = 0;
    return error_.empty();
}

bool statement::next() {
    if (!error_.empty()) {
        return false;
    }
    column_ = 0;
    errno = 0;
    int const code = sqlite3_step(prepared_.get());
    if (code != SQLITE_ROW && code != SQLITE_DONE) {
        error_ = error_of(database_);
    }
    return code == SQLITE_ROW;
}

std::string statement::take_text() {
    int const column = column_++;
    // First the pointer, then the size: the other way round it may be that of another encoding.
    auto const* const bytes =
        static_cast<const char*>(sqlite3_column_blob(prepared_.get(), column));
    auto const size = static_cast<std::size_t>(sqlite3_column_bytes(prepared_.get(), column));
    return bytes == nullptr ? std::string{} : std::string(bytes, size);
}

std::int64_t statement::take_number() {
    return sqlite3_column_int64(prepared_.get(), column_++);
}

double statement::take_real() {
    return sqlite3_column_double(prepared_.get(), column_++);
}

}  // namespace millrace::journal
