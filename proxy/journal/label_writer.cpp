#include "proxy/journal/label_writer.hpp"

#include "proxy/base/assert.hpp"
#include "proxy/base/log.hpp"

#include <iterator>
#include <utility>

namespace millrace::journal {

namespace {

// So that a decision waits for some milliseconds of labels at most.
constexpr std::size_t group_rows_max = 8'192;
constexpr std::chrono::seconds prune_interval{5};
constexpr std::chrono::milliseconds prune_pause{100};  // while there is more to take out

}  // namespace

label_writer::label_writer(std::unique_ptr<label_store> store, std::size_t rows_waiting_max)
    : store_{std::move(store)}, rows_waiting_max_{rows_waiting_max} {
    MILLRACE_ASSERT(rows_waiting_max > 0);
    thread_ = std::thread{[this] { run_until_stopped(); }};
}

label_writer::~label_writer() {
    {
        std::lock_guard const lock{mutex_};
        stopped_ = true;
    }
    wakeup_.notify_one();
    thread_.join();
}

bool label_writer::commit(std::vector<label_row> rows, done when_written) {
    {
        std::lock_guard const lock{mutex_};
        if (stopped_ || rows_waiting_ + rows.size() > rows_waiting_max_) {
            return false;
        }
        rows_waiting_ += rows.size();
        waiting_.push_back({std::move(rows), std::move(when_written)});
    }
    wakeup_.notify_one();
    return true;
}

void label_writer::run_until_stopped() {
    std::unique_lock lock{mutex_};
    while (!stopped_ || !waiting_.empty()) {
        wakeup_.wait_until(lock, next_prune_, [this] { return stopped_ || !waiting_.empty(); });
        if (!waiting_.empty()) {
            write_group(lock);
        }
        if (!stopped_ && clock::now() >= next_prune_) {
            lock.unlock();
            prune_sometimes();
            lock.lock();
        }
    }
}

void label_writer::write_group(std::unique_lock<std::mutex>& lock) {
    std::vector<label_row> rows;
    std::vector<done> told;
    while (!waiting_.empty() &&
           (rows.empty() || rows.size() + waiting_.front().rows.size() <= group_rows_max)) {
        auto next = std::move(waiting_.front());
        waiting_.pop_front();
        std::move(next.rows.begin(), next.rows.end(), std::back_inserter(rows));
        told.push_back(std::move(next.when_written));
    }
    lock.unlock();
    auto const error = store_->write(rows);
    groups_.fetch_add(error.empty() ? 1 : 0, std::memory_order_relaxed);
    for (auto const& each : told) {
        each(error);
    }
    lock.lock();
    rows_waiting_ -= rows.size();
}

void label_writer::prune_sometimes() {
    std::string error;
    bool const more = store_->prune(keep_since_.load(std::memory_order_relaxed), error);
    if (!error.empty()) {
        log::warning("old labels cannot be taken out of the journal: {}", error);
    }
    next_prune_ = clock::now() + (more ? duration{prune_pause} : duration{prune_interval});
}

}  // namespace millrace::journal
