#include "proxy/journal/rollback_marker.hpp"

#include <utility>

namespace millrace::journal {

rollback_marker::rollback_marker(std::unique_ptr<rollback_marks> marks, const params& chosen)
    : marks_{std::move(marks)}, lane_{chosen.marks_waiting_max} {}

bool rollback_marker::mark(rollback_mark seen, done when_marked) {
    bool const taken =
        lane_.run([this, seen = std::move(seen), when_marked = std::move(when_marked)] {
            auto error = marks_->mark(seen);
            (error.empty() ? marked_ : failures_).fetch_add(1, std::memory_order_relaxed);
            if (when_marked) {
                when_marked(std::move(error));
            }
        });
    if (!taken) {
        failures_.fetch_add(1, std::memory_order_relaxed);
    }
    return taken;
}

bool rollback_marker::clear(rollout_id rollout, std::string candidate, done when_cleared) {
    return lane_.run(
        [this, rollout, candidate = std::move(candidate), when_cleared = std::move(when_cleared)] {
            auto error = marks_->clear(rollout, candidate);
            if (when_cleared) {
                when_cleared(std::move(error));
            }
        }
    );
}

rollback_marker::counts rollback_marker::counted() const {
    return {
        .marks = marked_.load(std::memory_order_relaxed),
        .failures = failures_.load(std::memory_order_relaxed)};
}

}  // namespace millrace::journal
