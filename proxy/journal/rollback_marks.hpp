#pragma once

#include "proxy/journal/mark_slot.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace millrace::journal {

/// The rollbacks that the database may not know of yet, in the file `rollback.marks` of the data
/// directory. All of it is allocated when it is made, so that a rollback is on disk after one write
/// in place, on a full disk too (on a file system that overwrites in place, as ext4 and xfs do).
///
/// A rollback is marked when it is in force, recorded in the database when that can, then cleared.
/// Start-up takes the traffic of each marked candidate away, whatever the database says, and clears
/// each mark when the database says so too, those of rollouts that it does not know as well.
/// Lifetime: while the state_store of the same directory holds its lock. Thread: one at a time.
/// Calls wait for the disk; `rollback_marker` has a thread for that.
///
///   auto marks = journal::rollback_marks::open("/var/lib/millrace", error);
///   for (auto const& mark : marks->found().marks) { ... }
class rollback_marks {
 public:
    static constexpr std::size_t slots = 64;

    struct contents {
        std::vector<rollback_mark> marks;  ///< in the order in which they were made
        std::size_t torn = 0;  ///< slots with neither a mark nor nothing: worth a line in the log
    };

    /// Makes the file, or makes it whole. Null with a text for people in `error` when it cannot be
    /// written, or a newer millrace wrote it.
    [[nodiscard]] static std::unique_ptr<rollback_marks> open(
        const std::string& directory, std::string& error
    );

    /// What is in the file, without changing it; nothing when there is no file. For a start on a
    /// disk that cannot be written.
    [[nodiscard]] static contents read(const std::string& directory, std::string& error);

    ~rollback_marks();
    rollback_marks(const rollback_marks&) = delete;
    rollback_marks& operator=(const rollback_marks&) = delete;

    /// What open() met. A torn slot is as good as free.
    [[nodiscard]] const contents& found() const noexcept { return found_; }

    /// On disk when it returns an empty text; done already when the candidate of the rollout is
    /// marked. An error text: the disk does not take it, or as many marks as there are slots wait
    /// to be cleared; then nothing is known of it after a restart.
    [[nodiscard]] std::string mark(const rollback_mark& seen);

    /// Takes away the marks of a candidate of a rollout. Not synced: a mark that comes back after a
    /// loss of power says what the database says too. An error text, or empty.
    [[nodiscard]] std::string clear(rollout_id rollout, const std::string& candidate);

    /// How many marks wait to be cleared.
    [[nodiscard]] std::size_t waiting() const noexcept;

 private:
    explicit rollback_marks(int file) : file_{file} {}

    [[nodiscard]] std::string take_over(const std::vector<mark_slot>& read);

    int file_;  // a file descriptor
    std::array<std::optional<rollback_mark>, slots> held_;
    std::uint64_t last_sequence_ = 0;
    contents found_;
};

}  // namespace millrace::journal
