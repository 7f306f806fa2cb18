#pragma once

#include "proxy/webhooks/delivery_queue.hpp"
#include "proxy/webhooks/outbox_port.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace millrace::webhooks {

/// What nobody tries to deliver any more, until somebody has it sent again. Shows the newest
/// thousand; the journal keeps more. Lifetime: the dispatcher's. Thread: any.
class dead_letter_box {
 public:
    static constexpr std::size_t shown_max = 1'000;

    /// @param outbox  null: in memory only
    dead_letter_box(outbox_port* outbox, std::vector<journal::dead_letter_row> kept);

    /// A delivery that failed for good: leaves the outbox.
    void add(const std::string& webhook, const delivery& what, const std::string& reason);

    [[nodiscard]] std::vector<journal::dead_letter_row> all() const;

    /// Nothing: there is none of that id.
    [[nodiscard]] std::optional<journal::dead_letter_row> find(std::int64_t id) const;

    /// It goes out again: leaves the box for the outbox.
    void release(std::int64_t id);

 private:
    outbox_port* outbox_;
    mutable std::mutex mutex_;
    std::deque<journal::dead_letter_row> rows_;
    std::int64_t last_id_ = 0;
};

}  // namespace millrace::webhooks
