#include "proxy/config/config_error.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace millrace::config {

std::string to_text(const config_error& error) {
    auto text = fmt::format("{}:{}:{}: ", error.file, error.line, error.column);
    if (!error.key_path.empty()) {
        text += error.key_path + ": ";
    }
    text += error.message;
    if (!error.suggestion.empty()) {
        text += fmt::format("; did you mean '{}'?", error.suggestion);
    }
    return text;
}

std::string to_text(const config_errors& errors) {
    std::string text;
    for (auto const& error : errors) {
        text += to_text(error) + "\n";
    }
    return text;
}

void throw_exception_from_error(
    const config_errors& errors, const boost::source_location& /*where*/
) {
    throw std::runtime_error{to_text(errors)};
}

}  // namespace millrace::config
