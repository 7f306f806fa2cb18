#pragma once

#include <string>

/// What openapi_document() says about the audit record and webhooks: members of "paths" and of
/// "schemas".
namespace millrace::admin {

[[nodiscard]] std::string openapi_operation_paths();
[[nodiscard]] std::string openapi_operation_schemas();

}  // namespace millrace::admin
