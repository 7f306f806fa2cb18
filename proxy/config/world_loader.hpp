#pragma once

#include "proxy/config/config_error.hpp"
#include "proxy/simulation/params.hpp"

#include <boost/system/result.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace millrace::config {

/// The worlds of a file, in its order, or everything that is wrong with it. A file without cases
/// holds one world, whose name is empty.
using world_result = boost::system::result<std::vector<simulation::world_case>, config_errors>;

/// Reads and validates a file that describes worlds for `millrace simulate`. Never throws (but
/// std::bad_alloc); any thread.
[[nodiscard]] world_result load_world_file(const std::string& path);

/// The same of a text; `name` stands for the file in errors.
[[nodiscard]] world_result load_world_text(std::string_view text, const std::string& name);

}  // namespace millrace::config
