#pragma once

#include "proxy/base/random.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace millrace::journal {

/// The disk under SQLite, with faults on demand. While it lives, files that are opened by SQLite go
/// through it. It knows of every file what was synced and what was only written, so that it can do
/// what a loss of power may: keep the former and any sectors of the latter. One at a time; thread:
/// the test's.
class faulty_disk {
 public:
    faulty_disk();
    ~faulty_disk();
    faulty_disk(const faulty_disk&) = delete;
    faulty_disk& operator=(const faulty_disk&) = delete;

    /// From the n-th write, sync or truncation on each of `count` fails; a write that fails has
    /// written its first half.
    void fail(std::uint64_t from_now, std::uint64_t count);

    void heal() { fail_count_ = 0; }

    /// Since it was made.
    [[nodiscard]] std::uint64_t operations() const { return operations_; }

    [[nodiscard]] std::uint64_t syncs() const { return syncs_; }

    /// Makes the files what they may be after a loss of power. All of them are closed by now.
    void lose_power(random_source& random);

    // What the files tell it.
    bool fails_now();
    void wrote(const std::string& path, std::size_t at, std::string bytes);
    void truncated(const std::string& path, std::size_t size);
    void synced(const std::string& path);
    void opened(const std::string& path);

    void removed(const std::string& path) { files_.erase(path); }

 private:
    struct change {
        std::size_t at = 0;
        std::string bytes;
        bool truncates = false;
    };

    struct tracked_file {
        std::string on_disk;
        std::vector<change> not_synced;
    };

    static void apply(std::string& content, const change& made);

    std::map<std::string, tracked_file> files_;
    std::uint64_t operations_ = 0;
    std::uint64_t syncs_ = 0;
    std::uint64_t fail_from_ = 0;
    std::uint64_t fail_count_ = 0;
};

}  // namespace millrace::journal
