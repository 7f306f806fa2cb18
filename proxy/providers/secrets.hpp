#pragma once

#include "proxy/providers/params.hpp"

#include <optional>
#include <string>
#include <string_view>

/// The secrets of a metric, read when they are used: a rotated token is the new one at once.
/// Nothing in here shows one. Thread: the providers' own; it reads files.
namespace millrace::providers {

inline constexpr std::size_t secret_bytes_max = 4'096;

/// The secret of that name: from `secrets`, else from a file of that name in `secret_dir`. Line
/// feeds at its end do not count.
/// Nothing: there is none, or it cannot be read.
[[nodiscard]] std::optional<std::string> secret_of(
    const metric_params& metric, std::string_view name
);

}  // namespace millrace::providers
