#pragma once

#include "proxy/base/clock.hpp"
#include "proxy/webhooks/event.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace millrace::webhooks {

/// An event on its way to a webhook. A value.
struct delivery {
    webhooks::event event;
    std::uint32_t attempts = 0;  ///< that failed, in this process
    std::string error;           ///< of the last one
};

/// What one webhook still has to get: bounded, each delivery with the time of its next attempt, so
/// that one that is refused holds no other up. Lifetime: free. Thread: one.
class delivery_queue {
 public:
    static constexpr std::size_t deliveries_max = 1'000;

    /// False: it is full, the delivery is not kept.
    [[nodiscard]] bool add(delivery what, time_point due);

    /// When the next one is due; nothing when it is empty.
    [[nodiscard]] std::optional<time_point> next_due() const;

    /// Takes the one that is due first, of equals the one that came first; nothing when none is.
    [[nodiscard]] std::optional<delivery> take(time_point now);

    /// Takes all, for a webhook that is no more.
    [[nodiscard]] std::deque<delivery> take_all();

    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

 private:
    struct entry {
        delivery what;
        time_point due;
    };

    [[nodiscard]] std::deque<entry>::const_iterator first() const;

    std::deque<entry> entries_;  // in the order in which they came
};

}  // namespace millrace::webhooks
