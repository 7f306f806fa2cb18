#pragma once

#include "proxy/providers/params.hpp"

#include <boost/json/object.hpp>

#include <vector>

namespace millrace::config {

/// custom_metrics as the file would hold them, without what is the default anyway.
[[nodiscard]] boost::json::object write_metrics(const std::vector<providers::metric_params>& metrics
);

}  // namespace millrace::config
