#pragma once

#include "proxy/base/clock.hpp"
#include "proxy/journal/label_store.hpp"
#include "proxy/journal/records.hpp"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace millrace::journal {

/// Writes labels on a thread of its own, all that wait in one transaction: while the disk syncs one
/// group, the next one gathers. Beside that it takes old labels out of the file.
/// Lifetime: writes what it has taken before it ends. Thread: any.
///
///   writer.commit(rows, [](const std::string& error) { answer(error.empty() ? 200 : 503); });
class label_writer {
 public:
    /// Told on the writer's thread: empty when all rows are on disk, else an error text. Returns
    /// soon: it is on the way of the next group.
    using done = std::function<void(const std::string& error)>;

    /// @param rows_waiting_max  that it holds at a time, > 0
    label_writer(std::unique_ptr<label_store> store, std::size_t rows_waiting_max);
    ~label_writer();
    label_writer(const label_writer&) = delete;
    label_writer& operator=(const label_writer&) = delete;

    /// False: too many wait for the disk; nothing is kept, and `when_written` is not called.
    [[nodiscard]] bool commit(std::vector<label_row> rows, done when_written);

    /// Labels that came before may go; Unix seconds.
    void keep_since(std::int64_t received) noexcept {
        keep_since_.store(received, std::memory_order_relaxed);
    }

    /// Transactions that are on disk.
    [[nodiscard]] std::uint64_t groups() const noexcept {
        return groups_.load(std::memory_order_relaxed);
    }

 private:
    struct entry {
        std::vector<label_row> rows;
        done when_written;
    };

    void run_until_stopped();
    void write_group(std::unique_lock<std::mutex>& lock);
    void prune_sometimes();

    std::unique_ptr<label_store> store_;
    std::size_t const rows_waiting_max_;
    std::atomic<std::int64_t> keep_since_{0};
    std::atomic<std::uint64_t> groups_{0};
    std::mutex mutex_;
    std::condition_variable wakeup_;
    std::deque<entry> waiting_;
    std::size_t rows_waiting_ = 0;
    bool stopped_ = false;
    time_point next_prune_{};  // of the thread
    std::thread thread_;       // last: it uses the others
};

}  // namespace millrace::journal
