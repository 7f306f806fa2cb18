#pragma once

#include <optional>
#include <string_view>

namespace millrace::config {

/// Where a text stops being YAML's character set.
struct bad_character {
    int line = 1;    ///< from 1
    int column = 1;  ///< from 1, in bytes
};

/// The first byte that is not part of well-formed UTF-8 (RFC 3629), or a control character other
/// than tab, line feed and carriage return. Cost: one pass, no allocation.
[[nodiscard]] std::optional<bad_character> first_bad_character(std::string_view text) noexcept;

}  // namespace millrace::config
