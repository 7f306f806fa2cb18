#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace millrace::journal {

/// Who may write to a file next, among several threads with connections of their own: in the order
/// in which they asked, so that a stream of labels cannot keep a decision waiting for more than one
/// commit. (SQLite itself lets whoever looks first after a commit go first.)
/// Lifetime: shared by the connections. Thread: any; for std::lock_guard.
class write_turn {
 public:
    void lock();
    void unlock();

 private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t next_ticket_ = 0;
    std::uint64_t served_ = 0;
};

}  // namespace millrace::journal
