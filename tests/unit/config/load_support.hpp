#pragma once

#include "proxy/config/loader.hpp"

#include <boost/json/value.hpp>

#include <string>
#include <string_view>

/// Short ways to load texts in tests.
namespace millrace::config::test {

/// Every error of the text as printed, with "f" as the file; empty when it loads.
[[nodiscard]] std::string errors_of(std::string_view text);

/// The configuration; fails the test with the errors otherwise.
[[nodiscard]] configuration loaded(std::string_view text);

/// A whole document whose listener stands in line 1. What is given follows from line 5 on.
[[nodiscard]] std::string with_basics(std::string_view more);

/// with_basics, but with this as the only route, in line 4 from column 6 on, behind "- name: r".
[[nodiscard]] std::string with_route(std::string_view keys);

/// with_basics, but with this as the text of the only backend, in line 2 from column 15 on.
[[nodiscard]] std::string with_backend(std::string_view value);

/// A file of the repository as text.
[[nodiscard]] std::string repository_file(const std::string& path);

/// A YAML text as JSON; scalars by the core schema.
[[nodiscard]] boost::json::value as_json(std::string_view yaml);

}  // namespace millrace::config::test
