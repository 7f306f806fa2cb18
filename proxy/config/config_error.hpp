#pragma once

#include <boost/assert/source_location.hpp>

#include <string>
#include <vector>

namespace millrace::config {

/// One thing that is wrong in a file. Plain data, any thread. Never holds a secret's value.
struct config_error {
    std::string file;
    int line = 1;            ///< from 1
    int column = 1;          ///< from 1, in bytes
    std::string key_path;    ///< "routes[0].backend_refs[1].weight"; empty: the whole document
    std::string message;     ///< what was expected and what came
    std::string suggestion;  ///< the nearest valid key, name or spelling; may be empty
};

/// Everything that is wrong, in the order of the file.
using config_errors = std::vector<config_error>;

/// `file:line:column: key.path: message; did you mean 'x'?`
[[nodiscard]] std::string to_text(const config_error& error);

/// All of them, one per line.
[[nodiscard]] std::string to_text(const config_errors& errors);

/// What `result::value()` throws when it holds errors (Boost.System asks for it by this name).
[[noreturn]] void throw_exception_from_error(
    const config_errors& errors, const boost::source_location& where
);

}  // namespace millrace::config
