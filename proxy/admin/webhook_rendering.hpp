#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace millrace::admin {

/// What one webhook did since the process began. A value.
struct webhook_view {
    std::string name{};
    std::string authority{};  ///< where it is; the rest of the URL may be a secret
    std::uint64_t queued = 0;
    std::uint64_t delivered = 0;
    std::uint64_t failed_attempts = 0;
    std::uint64_t dead_letters = 0;
    std::string last_error{};  ///< of the last attempt; empty when it went well
};

/// An event that a webhook did not take. A value.
struct dead_letter_view {
    std::int64_t id = 0;
    std::string time{};
    std::string webhook{};
    std::string event_id{};
    std::string event{};  ///< a JSON object
    std::int64_t attempts = 0;
    std::string reason{};
};

namespace rendering {

[[nodiscard]] std::string webhooks(const std::vector<webhook_view>& all);
[[nodiscard]] std::string dead_letters(const std::vector<dead_letter_view>& all);

}  // namespace rendering

}  // namespace millrace::admin
