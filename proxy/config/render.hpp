#pragma once

#include <boost/json/value.hpp>

#include <string>

namespace millrace::config {

/// JSON with an indent of two blanks per level and a line feed at the end.
[[nodiscard]] std::string pretty_json(const boost::json::value& value);

/// YAML in block style, two blanks per level, a line feed at the end.
[[nodiscard]] std::string block_yaml(const boost::json::value& value);

/// YAML on one line: a scalar, `[a, b]` or `{a: b}`.
[[nodiscard]] std::string yaml_inline(const boost::json::value& value);

}  // namespace millrace::config
