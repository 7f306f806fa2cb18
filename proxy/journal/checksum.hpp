#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace millrace::journal {

/// The checksum of a row: SipHash-2-4 of all of its columns, each with its length, under a fixed
/// key. Against accidents (a flipped bit, a page of another file), not against enemies.
/// Lifetime: a value. Thread: any.
///
///   auto sum = record_checksum{}.text(row.route).number(row.time).value();
class record_checksum {
 public:
    record_checksum& text(std::string_view value);
    record_checksum& number(std::int64_t value);

    /// Never 0: that stands for "not known" in the file.
    [[nodiscard]] std::int64_t value() const;

 private:
    std::string bytes_;
};

}  // namespace millrace::journal
