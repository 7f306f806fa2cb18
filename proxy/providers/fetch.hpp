#pragma once

#include "proxy/base/clock.hpp"
#include "proxy/providers/request.hpp"
#include "proxy/rollout/custom_metric.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace millrace::providers {

/// A body of an answer with a status of 2xx, or why there is none.
struct fetched {
    std::optional<rollout::reading_state> failure;  ///< provider_down, slow or wrong
    std::string detail;                             ///< of a failure, for people; no secrets
    std::string body;
};

struct fetch_limits {
    time_point deadline;
    std::uint32_t answer_bytes_max = 1U << 20U;
};

/// One request over a connection of its own, with certificates verified, redirects not followed.
/// Ends by the deadline. Thread: the executor's.
[[nodiscard]] boost::asio::awaitable<fetched> fetch(request what, fetch_limits limits);

}  // namespace millrace::providers
