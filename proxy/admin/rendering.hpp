#pragma once

#include "proxy/admin/gateway.hpp"

#include <string>
#include <vector>

/// The API's JSON documents, one line each. Pure.
namespace millrace::admin::rendering {

/// {"status": "ok"}, with a detail when there is one.
[[nodiscard]] std::string condition(const admin::condition& good);

[[nodiscard]] std::string routes(const std::vector<route_status>& all);
[[nodiscard]] std::string route(const route_status& one);
[[nodiscard]] std::string backends(const std::vector<backend_status>& all);
[[nodiscard]] std::string build(const build_description& build);
/// A refused configuration: the error shape with the list of texts beside it.
[[nodiscard]] std::string reload_errors(const std::vector<std::string>& errors);

}  // namespace millrace::admin::rendering
