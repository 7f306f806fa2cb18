#pragma once

#include "proxy/base/clock.hpp"
#include "proxy/journal/lane.hpp"
#include "proxy/journal/params.hpp"
#include "proxy/journal/rollback_marks.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace millrace::journal {

/// Marks rollbacks on a thread of its own: not the writer's, because a database that hangs or is
/// full must not keep a mark from the disk. Lifetime: ends after what it has taken, as a lane does.
/// Thread: any.
///
///   marker.mark({route, rollout, candidate, epoch}, [](std::string error) { ... });
class rollback_marker {
 public:
    /// Told on the marker's thread: an error text, or empty. Returns soon.
    using done = std::function<void(std::string error)>;

    struct counts {
        std::uint64_t marks = 0;     ///< on disk
        std::uint64_t failures = 0;  ///< told an error, or refused because the queue was full
    };

    rollback_marker(std::unique_ptr<rollback_marks> marks, const params& chosen);

    /// As rollback_marks::mark(). False: the queue is full; `when_marked` is not called.
    /// @param when_marked  may be empty
    [[nodiscard]] bool mark(rollback_mark seen, done when_marked);

    /// As rollback_marks::clear(). False: the queue is full, try it later.
    /// @param when_cleared  may be empty
    [[nodiscard]] bool clear(rollout_id rollout, std::string candidate, done when_cleared);

    /// How long the oldest that is not done has been waiting; zero when there is none.
    [[nodiscard]] duration oldest_pending_age(time_point now) const {
        return lane_.oldest_age(now);
    }

    [[nodiscard]] counts counted() const;

 private:
    std::unique_ptr<rollback_marks> marks_;
    std::atomic<std::uint64_t> marked_{0};
    std::atomic<std::uint64_t> failures_{0};
    lane lane_;  // last: its thread uses the others, and ends first
};

}  // namespace millrace::journal
