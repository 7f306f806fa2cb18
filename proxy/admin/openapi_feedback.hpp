#pragma once

#include <string_view>

/// What openapi_document() says about labels: members of "paths" and of "schemas".
namespace millrace::admin {

[[nodiscard]] std::string_view openapi_feedback_paths();
[[nodiscard]] std::string_view openapi_feedback_schemas();

}  // namespace millrace::admin
