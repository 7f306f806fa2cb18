#pragma once

#include "proxy/iter8/import.hpp"

#include <string>
#include <string_view>

namespace millrace::app {

/// The imported configuration as YAML, its notes as comments on top. Pure; any thread.
/// @param name  of the experiment, for the first comment
[[nodiscard]] std::string import_text(const iter8::imported& made, std::string_view name);

}  // namespace millrace::app
