#pragma once

#include "proxy/base/clock.hpp"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace millrace::journal {

/// A thread for work that waits for the disk: runs jobs one by one, in the order in which they
/// came. Lifetime: ends after the jobs that it has taken; on a disk that hangs it does not end, so
/// look at oldest_age() before. Thread: any, but the destructor, which is its owner's.
///
///   journal::lane disk{256};  if (!disk.run([] { write_it(); })) { ... }
class lane {
 public:
    using job = std::function<void()>;

    /// @param jobs_max  that it holds at a time, the running one included; > 0
    explicit lane(std::size_t jobs_max);

    ~lane();
    lane(const lane&) = delete;
    lane& operator=(const lane&) = delete;

    /// False: it is full or ending; the job will not run.
    [[nodiscard]] bool run(job what);

    /// How long the oldest job that is not done has been here; zero when there is none.
    [[nodiscard]] duration oldest_age(time_point now) const;

    /// Jobs that are not done.
    [[nodiscard]] std::size_t depth() const;

 private:
    struct entry {
        job what;
        time_point since;
    };

    void run_until_stopped();

    std::size_t const jobs_max_;
    mutable std::mutex mutex_;
    std::condition_variable wakeup_;
    std::deque<entry> entries_;  // the running one stays in front until it is done
    bool stopped_ = false;
    std::thread thread_;
};

}  // namespace millrace::journal
