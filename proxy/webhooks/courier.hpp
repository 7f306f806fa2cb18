#pragma once

#include "proxy/webhooks/dead_letter_box.hpp"
#include "proxy/webhooks/delivery_queue.hpp"
#include "proxy/webhooks/outbox_port.hpp"
#include "proxy/webhooks/receiver.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

namespace millrace::webhooks {

/// What one webhook did, for people. A value.
struct webhook_status {
    std::string name;
    std::string authority;  ///< the rest of the URL may be a secret
    std::size_t queued = 0;
    std::uint64_t delivered = 0;
    std::uint64_t failed_attempts = 0;
    std::uint64_t dead_letters = 0;  ///< since the process began
    std::string last_error;          ///< of the last attempt; empty when it went well
};

/// Brings events to one webhook, one request at a time; what fails comes again later and holds
/// nothing else up. Lifetime: shared with its own coroutine. Thread: the dispatcher's, but for
/// status().
class courier {
 public:
    struct parts {
        boost::asio::any_io_executor executor;
        outbox_port* outbox = nullptr;  ///< null: in memory only
        dead_letter_box& dead_letters;
    };

    courier(receiver to, const parts& with);

    /// Delivers until retire(). The frame owns the courier too.
    [[nodiscard]] static boost::asio::awaitable<void> run(std::shared_ptr<courier> self);

    /// A new event.
    void add(event what);

    /// One that is in the outbox already.
    void add_kept(event what);

    /// From the next attempt on.
    void set_receiver(receiver to);

    /// The webhook is no more: what it did not get becomes dead letters.
    void retire();

    [[nodiscard]] const receiver& to() const noexcept { return to_; }

    [[nodiscard]] webhook_status status() const;

 private:
    void queue(delivery what, time_point due);
    void settle(delivery what, const post_result& answer);
    void bury(const delivery& what, const std::string& reason);
    void note(const post_result& answer);

    receiver to_;
    outbox_port* outbox_;
    dead_letter_box& dead_letters_;
    boost::asio::steady_timer wake_;
    delivery_queue queue_;
    bool retired_ = false;
    mutable std::mutex mutex_;  // of status_
    webhook_status status_;
};

}  // namespace millrace::webhooks
