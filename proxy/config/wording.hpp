#pragma once

#include "proxy/config/document.hpp"

#include <span>
#include <string>
#include <string_view>

/// The words of error messages.
namespace millrace::config {

/// At most 64 bytes of a text, whole UTF-8 characters, "…" for the rest.
[[nodiscard]] std::string shortened(std::string_view text);

/// 'text', shortened, with controls shown as '?'.
[[nodiscard]] std::string in_quotes(std::string_view text);

/// What a value is without telling it: "text", "a number", "a list", "a mapping", "nothing".
[[nodiscard]] std::string kind_name(const node& value);

/// A value as an error shows it: "'abc'", "the number 5", "a list".
[[nodiscard]] std::string shown(const node& value);

/// The candidate that is nearest to `word` by edit distance (insert, delete, replace, swap of
/// neighbours), if it is near enough to be meant: at most a third of the longer one's length.
[[nodiscard]] std::string nearest(std::string_view word, std::span<const std::string> candidates);

/// "a, b or c"
[[nodiscard]] std::string alternatives(std::span<const std::string> words);

}  // namespace millrace::config
