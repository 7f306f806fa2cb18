#pragma once

#include "proxy/base/result.hpp"
#include "proxy/server/params.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace millrace::server {

/// A bounded ring of log lines from one worker to the writer thread. Single producer, single
/// consumer, no lock (Lamport 1983). Lifetime: the access_log's.
class log_queue {
 public:
    explicit log_queue(std::size_t lines_max) : lines_(lines_max + 1) {}

    /// False: full, the line is dropped. The worker's thread.
    [[nodiscard]] bool push(std::string&& line) noexcept;

    /// The oldest line, or false. The writer's thread.
    [[nodiscard]] bool pop(std::string& line) noexcept;

 private:
    std::vector<std::string> lines_;
    alignas(64) std::atomic<std::size_t> head_{0};  // next to pop
    alignas(64) std::atomic<std::size_t> tail_{0};  // next to push
};

/// Writes the access log: JSON lines from every worker's queue, by a thread of its own, so that a
/// slow disk slows no request. Lifetime: outlives the workers. Thread: queue() before the workers
/// start, reopen() any.
class access_log {
 public:
    /// @param workers  how many queues to make
    /// Error: the file cannot be opened.
    [[nodiscard]] static result<std::unique_ptr<access_log>> open(
        const access_log_params& params, unsigned workers
    );

    ~access_log();
    access_log(const access_log&) = delete;
    access_log& operator=(const access_log&) = delete;

    [[nodiscard]] log_queue& queue(unsigned worker) { return *queues_[worker]; }

    /// Opens the file anew, for log rotation.
    void reopen() noexcept { reopen_.store(true, std::memory_order_relaxed); }

 private:
    access_log(std::string path, int fd, std::size_t lines_max, unsigned workers);

    void write_until_stopped();
    void write_waiting_lines();
    void open_again();

    std::string path_;
    int fd_;
    std::vector<std::unique_ptr<log_queue>> queues_;
    std::atomic<bool> reopen_{false};
    std::mutex mutex_;
    std::condition_variable wakeup_;
    bool stopped_ = false;
    std::thread writer_;
};

}  // namespace millrace::server
