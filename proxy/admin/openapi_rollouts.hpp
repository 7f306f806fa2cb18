#pragma once

#include <string>

/// What openapi_document() says about rollouts: members of "paths" and of "schemas".
namespace millrace::admin {

[[nodiscard]] std::string openapi_rollout_paths();
[[nodiscard]] std::string openapi_rollout_schemas();

}  // namespace millrace::admin
