#pragma once

#include "proxy/rollout/experiment.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace millrace::rollout {

/// What an experiment remembers, as bytes: every number as it is, bit for bit. Pure, any thread.
[[nodiscard]] std::string to_bytes(const experiment::memory& from);

/// Nothing when the bytes are not whole, of another layout, or not of an experiment like `like`.
[[nodiscard]] std::optional<experiment::memory> memory_from_bytes(
    std::string_view bytes, const experiment& like
);

[[nodiscard]] std::string to_bytes(const input& from);

/// Nothing when the bytes are not whole, or of another layout.
[[nodiscard]] std::optional<input> input_from_bytes(std::string_view bytes);

}  // namespace millrace::rollout
