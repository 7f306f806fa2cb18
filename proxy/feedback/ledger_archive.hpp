#pragma once

#include "proxy/feedback/label_ledger.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::feedback {

/// Which epochs of a rollout are still read, and how far: JSON. Labels themselves are not in it;
/// they are rows of their own.
[[nodiscard]] std::string to_text(const std::vector<label_epoch_state>& epochs);

/// Nothing when it is not what to_text() gave.
[[nodiscard]] std::optional<std::vector<label_epoch_state>> epochs_from_text(std::string_view text);

}  // namespace millrace::feedback
