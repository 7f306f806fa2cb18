#pragma once

#include <memory>
#include <string>

namespace millrace::journal {

/// The data directory, locked: two gateways never share one. The lock is the kernel's and ends with
/// the process, however it ends. Lifetime: as long as anything in it is written. Thread: any.
class data_directory {
 public:
    /// Makes the directory (for its owner alone) when it is not there. Null with a text for people
    /// in `error` when it cannot be made or written to, or another gateway has it.
    [[nodiscard]] static std::unique_ptr<data_directory> open(
        const std::string& path, std::string& error
    );

    /// Whether another process holds the directory. False when that cannot be found out.
    [[nodiscard]] static bool is_in_use(const std::string& path);

    ~data_directory();
    data_directory(const data_directory&) = delete;
    data_directory& operator=(const data_directory&) = delete;

 private:
    explicit data_directory(int lock) : lock_{lock} {}

    int lock_;  // a file descriptor
};

/// Puts on disk which files are in the directory. An error text, or empty. Waits for the disk.
[[nodiscard]] std::string sync_directory(const std::string& path);

}  // namespace millrace::journal
