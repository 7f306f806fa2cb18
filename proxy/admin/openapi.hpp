#pragma once

#include <string_view>

namespace millrace::admin {

/// The OpenAPI 3.0 description of the API as JSON. Constant; any thread.
[[nodiscard]] std::string_view openapi_document();

}  // namespace millrace::admin
