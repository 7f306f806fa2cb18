#pragma once

#include "proxy/app/stats_functions.hpp"

#include <string>
#include <string_view>

namespace millrace::app::testing {

/// Calls the function of each case of tests/vectors/FILE as the command does and compares the
/// result with what is expected: numbers within the case's tolerance (relative above 1), lists and
/// objects by their members (an object may have more than is expected), null where there is no
/// number.
void check_vectors(const std::string& file);

/// Calls a function of `millrace stats` with the text of a JSON object.
[[nodiscard]] stats_answer called(std::string_view name, std::string_view arguments);

/// Whether the call was refused with exactly one complaint, that holds the text.
[[nodiscard]] bool refused(
    std::string_view name, std::string_view arguments, std::string_view complaint
);

}  // namespace millrace::app::testing
