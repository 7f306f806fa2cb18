#pragma once

#include "proxy/webhooks/receiver.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace millrace::webhooks {

/// One question to several webhooks: each is asked again and again until it says yes. Lifetime:
/// shared with its coroutines. Thread: the dispatcher's, but for missing().
class inquiry {
 public:
    struct parts {
        event what;  ///< the same, with the same id, in every asking
        /// Where a webhook is, as things are now; nothing when it is no more.
        std::function<std::optional<receiver>(const std::string& webhook)> find;
        std::function<void(std::string who)> all_said_yes;
        /// A webhook that said something else than yes, for the first time.
        std::function<void(const std::string& webhook, const std::string& answer)> refused;
    };

    /// @param asked  names of webhooks
    inquiry(parts with, std::vector<std::string> asked);

    /// Asks one of them until it says yes, is no more, or the question is withdrawn.
    [[nodiscard]] static boost::asio::awaitable<void> run(
        std::shared_ptr<inquiry> self, std::string webhook
    );

    void withdraw();

    /// Without waiting for the interval.
    void ask_again();

    [[nodiscard]] const std::vector<std::string>& asked() const noexcept { return asked_; }

    /// Who has not said yes: "ci (answered 503), desk (not answered yet)".
    [[nodiscard]] std::string missing() const;

 private:
    void take_yes(const std::string& webhook);
    void excuse(const std::string& webhook);
    void take_no(const std::string& webhook, const post_result& answer);
    [[nodiscard]] bool waits_for(const std::string& webhook) const;

    parts with_;
    std::vector<std::string> asked_;
    bool open_ = true;
    std::string said_yes_;
    std::vector<std::shared_ptr<boost::asio::steady_timer>> pauses_;
    mutable std::mutex mutex_;                    // of missing_
    std::map<std::string, std::string> missing_;  // by name: what it answered last
};

}  // namespace millrace::webhooks
