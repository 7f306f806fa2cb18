#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace millrace::journal {

/// One prepared SQL statement. After an error every call does nothing and error() says why, so that
/// only the end has to look. Lifetime: within the connection's. Thread: the connection's.
///
///   statement row{database, "INSERT INTO t VALUES(?1, ?2)"};
///   row.put_text(name).put_number(7).write();
///   statement query{database, "SELECT name, size FROM t"};
///   while (query.next()) { use(query.take_text(), query.take_number()); }
class statement {
 public:
    statement(sqlite3* database, std::string_view sql);

    /// Values for ?1, ?2 and so on, in this order. Texts and blobs are not copied: they must hold
    /// until write() returns or the last next() has.
    statement& put_text(std::string_view value);
    statement& put_blob(std::string_view value);
    statement& put_number(std::int64_t value);
    statement& put_real(double value);

    /// Runs a statement that gives no rows; then it takes values again. False: see error().
    bool write();

    /// Moves to the next row. False: there is none, or an error.
    [[nodiscard]] bool next();

    /// The columns of this row, in their order; a text or a blob.
    [[nodiscard]] std::string take_text();
    [[nodiscard]] std::int64_t take_number();
    [[nodiscard]] double take_real();

    /// Empty: all went well so far.
    [[nodiscard]] const std::string& error() const noexcept { return error_; }

 private:
    struct finalizer {
        void operator()(sqlite3_stmt* statement) const noexcept;
    };

    void check(int code);

    sqlite3* database_;
    std::unique_ptr<sqlite3_stmt, finalizer> prepared_;
    std::string error_;
    int parameter_ = 0;
    int column_ = 0;
};

}  // namespace millrace::journal
