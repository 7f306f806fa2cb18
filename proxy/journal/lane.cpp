#include "proxy/journal/lane.hpp"

#include "proxy/base/assert.hpp"

#include <algorithm>
#include <utility>

namespace millrace::journal {

lane::lane(std::size_t jobs_max) : jobs_max_{jobs_max} {
    MILLRACE_ASSERT(jobs_max > 0);
    thread_ = std::thread{[this] { run_until_stopped(); }};
}

lane::~lane() {
    {
        std::lock_guard const lock{mutex_};
        stopped_ = true;
    }
    wakeup_.notify_one();
    thread_.join();
}

bool lane::run(job what) {
    {
        std::lock_guard const lock{mutex_};
        if (stopped_ || entries_.size() >= jobs_max_) {
            return false;
        }
        entries_.push_back({std::move(what), clock::now()});
    }
    wakeup_.notify_one();
    return true;
}

duration lane::oldest_age(time_point now) const {
    std::lock_guard const lock{mutex_};
    return entries_.empty() ? duration::zero()
                            : std::max(duration::zero(), now - entries_.front().since);
}

std::size_t lane::depth() const {
    std::lock_guard const lock{mutex_};
    return entries_.size();
}

void lane::run_until_stopped() {
    std::unique_lock lock{mutex_};
    for (;;) {
        wakeup_.wait(lock, [this] { return stopped_ || !entries_.empty(); });
        if (entries_.empty()) {
            return;
        }
        auto what = std::move(entries_.front().what);
        lock.unlock();
        what();
        what = nullptr;  // what it holds may ask this lane when it goes
        lock.lock();
        entries_.pop_front();
    }
}

}  // namespace millrace::journal
