#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace millrace::admin {

/// One path of the API with its only method, as the OpenAPI description tells it. A value.
struct api_path {
    std::string_view path;  ///< "{name}" in it is a parameter
    std::string_view method;
    std::string_view summary;
    std::string_view meaning;  ///< of the answer 200
    std::string_view schema;   ///< of the answer 200, by its name; empty: any JSON object, or text
    /// Of errors, besides 400, 403 and 421, which every path knows; 401 means that it needs a
    /// token.
    std::vector<unsigned> errors{};
    std::string_view body{};  ///< schema of the request's body, by its name; empty: there is none
    bool needs_body = true;
    std::string_view content_type = "application/json";
};

/// A member of "paths".
[[nodiscard]] std::string openapi_path(const api_path& described);

/// Members of "paths", separated by commas.
[[nodiscard]] std::string openapi_paths(const std::vector<api_path>& described);

}  // namespace millrace::admin
