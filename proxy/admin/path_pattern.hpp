#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace millrace::admin {

/// What stands in `path` for the "{name}" of `pattern`, percent-decoded; an empty text when the
/// pattern has none. Nothing when the path is another, when the segment is empty or holds a slash,
/// or when its encoding is broken. Pure.
[[nodiscard]] std::optional<std::string> match_path(
    std::string_view pattern, std::string_view path
);

}  // namespace millrace::admin
