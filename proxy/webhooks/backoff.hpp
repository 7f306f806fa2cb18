#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

/// When a request that failed is sent again. Pure.
namespace millrace::webhooks {

/// How long an answer's Retry-After is obeyed at most.
inline constexpr std::chrono::hours retry_after_max{1};

struct backoff {
    std::chrono::milliseconds first{1'000};  ///< before the second attempt
    std::chrono::milliseconds most{300'000};
};

/// The pause behind an attempt: doubles with each, at most `most`, and a random half of it is left
/// out, so that what failed together does not come again together.
/// @param attempt  that failed, from 1
/// @param draw     uniform in [0, 1)
[[nodiscard]] std::chrono::milliseconds pause_after(
    std::uint32_t attempt, double draw, const backoff& limits
);

/// What a Retry-After field asks for (RFC 9110, 10.2.3): seconds, or a date in the form that is to
/// be generated (5.6.7); at most retry_after_max, nothing when it is neither.
/// @param now  seconds since 1970
[[nodiscard]] std::optional<std::chrono::seconds> retry_after(
    std::string_view field, std::int64_t now
);

}  // namespace millrace::webhooks
