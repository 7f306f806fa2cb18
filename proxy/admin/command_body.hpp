#pragma once

#include <string>
#include <string_view>

namespace millrace::admin {

/// Who asks for something and why, or what is wrong with the body. Lifetime: a value.
struct command_body {
    std::string who;  ///< as they say; empty when they do not
    std::string why;
    std::string error;  ///< for people
};

/// Reads {"why": TEXT, "who": TEXT}: no other key; both may be absent, and so may the whole body.
/// @param needs_why  a why that is not empty has to be there
[[nodiscard]] command_body parse_command_body(std::string_view text, bool needs_why);

}  // namespace millrace::admin
