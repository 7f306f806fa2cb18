#pragma once

#include "proxy/config/config_error.hpp"
#include "proxy/config/configuration.hpp"

#include <boost/system/result.hpp>

#include <string>
#include <string_view>

namespace millrace::config {

/// A whole, valid configuration, or everything that is wrong with the file (at most 100 errors).
using load_result = boost::system::result<configuration, config_errors>;

/// Reads and validates a file of at most 1 MiB. Secrets are read from the environment and from
/// files now. Never throws (but std::bad_alloc); any thread as long as nobody changes the
/// environment.
///
///   auto loaded = load_file("millrace.yaml");
///   if (!loaded) { std::cerr << to_text(loaded.error()); }
[[nodiscard]] load_result load_file(const std::string& path);

/// The same of a text; `name` stands for the file in errors.
[[nodiscard]] load_result load_text(std::string_view text, const std::string& name);

}  // namespace millrace::config
