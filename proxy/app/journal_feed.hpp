#pragma once

#include "proxy/base/clock.hpp"
#include "proxy/journal/records.hpp"
#include "proxy/webhooks/outbox_port.hpp"

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>

namespace millrace::app {

/// Brings audit rows and deliveries to the journal, one batch at a time, so that however many there
/// are, they never crowd out a decision. What cannot be written is kept, up to a bound, and goes
/// with the next. Lifetime: outlives the writer that its `commit` uses. Thread: any; no call but
/// finish() waits for the disk.
class journal_feed final : public webhooks::outbox_port {
 public:
    /// Writes a batch and calls `done(error text or empty)` once, on any thread; false: not taken.
    using commit =
        std::function<bool(journal::batch what, std::function<void(std::string error)> done)>;

    /// @param pause  after a failure nothing is tried for so long
    explicit journal_feed(commit with, duration pause = std::chrono::seconds{1});

    void keep(journal::delivery_changes changes) override;
    void record(journal::audit_row row);

    /// Waits until what came before is written, or cannot be.
    void finish();

 private:
    void write_waiting(std::unique_lock<std::mutex>& lock);
    void written(const journal::batch& what, const std::string& error);

    commit commit_;
    duration pause_;
    std::mutex mutex_;
    std::condition_variable idle_;
    journal::batch waiting_;
    bool under_way_ = false;
    time_point not_before_{};
    std::size_t lost_ = 0;  // not told yet
};

}  // namespace millrace::app
