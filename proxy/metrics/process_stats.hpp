#pragma once

#include <cstdint>
#include <optional>

namespace millrace::metrics {

/// What the kernel says about this process. Lifetime: a value.
struct process_stats {
    double cpu_seconds = 0;  ///< user and system, all threads
    double start_unix_seconds = 0;
    std::uint64_t resident_bytes = 0;
    std::uint64_t virtual_bytes = 0;
    std::uint64_t threads = 0;
    std::uint64_t open_fds = 0;
    std::uint64_t max_fds = 0;  ///< the soft limit
};

/// Reads /proc/self; nothing when it cannot be read. Any thread; some system calls.
[[nodiscard]] std::optional<process_stats> read_process_stats();

}  // namespace millrace::metrics
