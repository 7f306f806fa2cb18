#pragma once

#include <boost/json/value.hpp>

#include <string>

namespace millrace::config::test {

/// Where and why a value breaks a JSON Schema, or nothing when it keeps it. Knows the keywords that
/// json_schema() uses; any other one is a failure of its own.
[[nodiscard]] std::string schema_violation(
    const boost::json::value& value, const boost::json::object& schema
);

}  // namespace millrace::config::test
