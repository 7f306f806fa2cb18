#include "proxy/server/access_log.hpp"

#include "proxy/base/log.hpp"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace millrace::server {

namespace {

constexpr auto write_interval = std::chrono::milliseconds{50};
constexpr std::size_t write_bytes = 256 * 1024;

int open_file(const std::string& path) {
    return path == "stdout" ? ::dup(STDOUT_FILENO)
                            : ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
}

/// Writes it all, or says so once: a log that cannot be written must not stop the requests.
void write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        auto const written = ::write(fd, text.data(), text.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            log::error("access log: {} bytes lost: {}", text.size(), system_error(errno).message());
            return;
        }
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

}  // namespace

bool log_queue::push(std::string&& line) noexcept {
    auto const tail = tail_.load(std::memory_order_relaxed);
    auto const next = tail + 1 == lines_.size() ? 0 : tail + 1;
    if (next == head_.load(std::memory_order_acquire)) {
        return false;
    }
    lines_[tail] = std::move(line);
    tail_.store(next, std::memory_order_release);
    return true;
}

bool log_queue::pop(std::string& line) noexcept {
    auto const head = head_.load(std::memory_order_relaxed);
    if (head == tail_.load(std::memory_order_acquire)) {
        return false;
    }
    line = std::move(lines_[head]);
    head_.store(head + 1 == lines_.size() ? 0 : head + 1, std::memory_order_release);
    return true;
}

result<std::unique_ptr<access_log>> access_log::open(
    const access_log_params& params, unsigned workers
) {
    int const fd = open_file(params.path);
    if (fd < 0) {
        return system_error(errno);
    }
    return std::unique_ptr<access_log>{
        new access_log{params.path, fd, params.queue_lines_max, workers}};
}

access_log::access_log(std::string path, int fd, std::size_t lines_max, unsigned workers)
    : path_{std::move(path)}, fd_{fd} {
    for (unsigned i = 0; i < workers; ++i) {
        queues_.push_back(std::make_unique<log_queue>(lines_max));
    }
    writer_ = std::thread{[this] { write_until_stopped(); }};
}

access_log::~access_log() {
    {
        std::lock_guard const lock{mutex_};
        stopped_ = true;
    }
    wakeup_.notify_one();
    writer_.join();
    ::close(fd_);
}

void access_log::write_until_stopped() {
    std::unique_lock lock{mutex_};
    while (!stopped_) {
        wakeup_.wait_for(lock, write_interval);
        lock.unlock();
        if (reopen_.exchange(false, std::memory_order_relaxed)) {
            open_again();
        }
        write_waiting_lines();
        lock.lock();
    }
    lock.unlock();
    write_waiting_lines();
}

void access_log::write_waiting_lines() {
    std::string block;
    std::string line;
    for (auto& queue : queues_) {
        while (queue->pop(line)) {
            block += line;
            if (block.size() >= write_bytes) {
                write_all(fd_, block);
                block.clear();
            }
        }
    }
    write_all(fd_, block);
}

void access_log::open_again() {
    int const fd = open_file(path_);
    if (fd < 0) {
        log::error("access log: cannot open '{}' again: {}", path_, system_error(errno).message());
        return;
    }
    ::close(std::exchange(fd_, fd));
}

}  // namespace millrace::server
