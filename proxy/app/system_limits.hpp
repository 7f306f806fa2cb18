#pragma once

#include <cstdint>

namespace millrace::app {

/// Cores that the process may use: its affinity, at least 1.
[[nodiscard]] std::uint32_t usable_cores() noexcept;

/// Raises the soft limit of open files to the hard one. Returns the limit in force.
std::uint64_t raise_open_files_limit() noexcept;

/// 64 bits from the system's generator, for seeds and keys.
[[nodiscard]] std::uint64_t system_random();

}  // namespace millrace::app
