#include "proxy/journal/writer.hpp"

#include <algorithm>
#include <utility>

namespace millrace::journal {

writer::writer(std::unique_ptr<state_store> store, const params& chosen)
    : store_{std::move(store)},
      params_{chosen},
      lane_{std::size_t{chosen.commits_waiting_max} + 1} {  // one for pruning
    prune_soon();
}

bool writer::commit(batch written, done when_written) {
    return take([this, written = std::move(written), when_written = std::move(when_written)] {
        auto error = write(written);
        if (when_written) {
            when_written(std::move(error));
        }
    });
}

bool writer::commit_made(maker make, settled when_written) {
    return take([this, make = std::move(make), when_written = std::move(when_written)] {
        auto written = make();
        auto error = write(written);
        when_written(std::move(error), std::move(written));
    });
}

bool writer::take(lane::job write_it) {
    bool const taken = lane_.run(std::move(write_it));
    if (!taken) {
        refused_.fetch_add(1, std::memory_order_relaxed);
    }
    return taken;
}

writer::counts writer::counted() const {
    return {
        .commits = commits_.load(std::memory_order_relaxed),
        .failures = failures_.load(std::memory_order_relaxed),
        .refused = refused_.load(std::memory_order_relaxed),
        .waiting = lane_.depth()};
}

std::string writer::last_error() const {
    std::lock_guard const lock{mutex_};
    return last_error_;
}

std::string writer::write(const batch& written) {
    auto error = store_->write(written);
    (error.empty() ? commits_ : failures_).fetch_add(1, std::memory_order_relaxed);
    {
        std::lock_guard const lock{mutex_};
        last_error_ = error;
    }
    bool const any_ended = std::any_of(
        written.rollouts.begin(), written.rollouts.end(), [](auto const& row) { return row.ended; }
    );
    if (error.empty() && (any_ended || !written.checkpoints.empty())) {
        prune_soon();
    }
    return error;
}

void writer::prune_soon() {
    // A queue without room has better things to do; the next rollout that ends asks again.
    (void)lane_.run([this] { prune(); });
}

void writer::prune() {
    std::string error;
    // A part at a time, so that no commit waits behind all of it. An error is met again by the
    // commits.
    if (store_->prune(params_, error)) {
        prune_soon();
    }
}

}  // namespace millrace::journal
