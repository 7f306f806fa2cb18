#pragma once

#include "proxy/config/config_error.hpp"
#include "proxy/iter8/params.hpp"

#include <boost/system/result.hpp>

#include <string>
#include <string_view>

namespace millrace::config {

/// What the documents of a file say, or everything that is wrong with it.
using iter8_result = boost::system::result<iter8::documents, config_errors>;

/// Reads Experiments and Metrics of iter8.tools/v2alpha2, several documents or a list of kind List;
/// documents of other kinds are passed over. Never throws (but std::bad_alloc); any thread.
[[nodiscard]] iter8_result load_iter8_file(const std::string& path);

/// The same of a text; `name` stands for the file in errors.
[[nodiscard]] iter8_result load_iter8_text(std::string_view text, const std::string& name);

/// A text that is one Experiment, whatever its kind and apiVersion say.
[[nodiscard]] iter8_result load_iter8_experiment(std::string_view text, const std::string& name);

}  // namespace millrace::config
