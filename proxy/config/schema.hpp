#pragma once

#include "proxy/config/shape.hpp"

#include <string>
#include <vector>

namespace millrace::config {

/// The JSON Schema (draft-07) of a configuration file, indented: `config/millrace.schema.json`.
/// Rules between distant keys (names of backends, unreachable routes) are the loader's alone.
[[nodiscard]] std::string json_schema();

/// Every key of the language in the order of the reference, those of later features included.
[[nodiscard]] std::vector<key_info> keys();

}  // namespace millrace::config
