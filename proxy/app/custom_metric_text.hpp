#pragma once

#include <boost/json/object.hpp>

#include <string>

namespace millrace::app {

/// A line for each custom metric of a candidate as the admin API tells it; empty without any.
/// @param open  whether what is missing still matters
[[nodiscard]] std::string custom_metric_lines(const boost::json::object& candidate, bool open);

}  // namespace millrace::app
