#pragma once

#include "proxy/config/config_error.hpp"

#include <boost/system/result.hpp>

#include <string>

namespace millrace::config {

/// What stands in a file, or why it cannot be read. A byte more than a document may have is enough:
/// the rest of a larger file is left.
[[nodiscard]] boost::system::result<std::string, config_errors> read_source(const std::string& path
);

}  // namespace millrace::config
