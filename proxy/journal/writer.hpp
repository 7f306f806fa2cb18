#pragma once

#include "proxy/base/clock.hpp"
#include "proxy/journal/lane.hpp"
#include "proxy/journal/params.hpp"
#include "proxy/journal/state_store.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace millrace::journal {

/// Writes to the state store on a thread of its own, so that the thread that decides never waits
/// for the disk. Batches are written in the order in which they came, each in one transaction.
/// After an error it goes on: the next batch is tried all the same. Beside that it takes the inputs
/// of old rollouts out of the file. Lifetime: outlives nobody who commits; writes what it has taken
/// before it ends, which on a disk that hangs never comes: look at oldest_pending_age() first.
/// Thread: any.
///
///   writer.commit(batch, [&control](std::string error) { post(control, ...); });
class writer {
 public:
    /// Told on the writer's thread: empty when the whole batch is on disk, else an error text as of
    /// state_store::write(). Returns soon: it is on the way of the next batch.
    using done = std::function<void(std::string error)>;

    /// Puts a batch together on the writer's thread when its turn comes, so that nobody else has to
    /// render it; and told what became of it, with the batch.
    using maker = std::function<batch()>;
    using settled = std::function<void(std::string error, batch written)>;

    struct counts {
        std::uint64_t commits = 0;   ///< on disk
        std::uint64_t failures = 0;  ///< told an error
        std::uint64_t refused = 0;   ///< found the queue full
        std::size_t waiting = 0;     ///< jobs that are not done, the one at work included
    };

    writer(std::unique_ptr<state_store> store, const params& chosen);

    /// False: the queue is full; nothing of the batch is kept, and `when_written` is not called.
    /// @param when_written  may be empty
    [[nodiscard]] bool commit(batch written, done when_written);
    [[nodiscard]] bool commit_made(maker make, settled when_written);

    /// How long the oldest batch that is not done has been waiting: a disk that hangs shows here.
    /// Zero: nothing waits.
    [[nodiscard]] duration oldest_pending_age(time_point now) const {
        return lane_.oldest_age(now);
    }

    [[nodiscard]] counts counted() const;

    /// Of the last batch that was tried; empty when it is on disk, or none was tried yet.
    [[nodiscard]] std::string last_error() const;

 private:
    [[nodiscard]] bool take(lane::job write_it);
    [[nodiscard]] std::string write(const batch& written);
    void prune_soon();
    void prune();

    std::unique_ptr<state_store> store_;
    params const params_;
    std::atomic<std::uint64_t> commits_{0};
    std::atomic<std::uint64_t> failures_{0};
    std::atomic<std::uint64_t> refused_{0};
    mutable std::mutex mutex_;  // of last_error_
    std::string last_error_;
    lane lane_;  // last: its thread uses the others, and ends first
};

}  // namespace millrace::journal
