#pragma once

#include "proxy/control/attempts.hpp"
#include "proxy/control/rollout_runner.hpp"
#include "proxy/journal/reader.hpp"
#include "proxy/journal/rollback_marks.hpp"
#include "proxy/webhooks/dispatcher.hpp"

#include <map>
#include <string>
#include <vector>

namespace millrace::app {

/// What a data directory holds when a gateway starts. A value.
struct kept_state {
    journal::route_states routes;                                        ///< texts of routing
    std::map<std::string, control::kept_rollout, std::less<>> rollouts;  ///< the newest, by route
    std::vector<control::past_rollout> past;                             ///< every rollout
    std::vector<journal::rollback_mark> marks;
    std::vector<journal::rollout_row> open_rollouts;  ///< with what they remember
    std::vector<journal::audit_row> audit;            ///< the newest
    webhooks::kept_deliveries deliveries;

    /// The largest number that a rollout or a mark has.
    [[nodiscard]] std::int64_t last_rollout() const;
};

/// Reads all of it but the marks, which are given. An error text, or empty. Waits for the disk.
[[nodiscard]] std::string read_kept_state(const journal::reader& from, kept_state& found);

/// The time between two RFC 3339 texts of ours, in UTC; zero when one is none, or the clock went
/// back.
[[nodiscard]] std::chrono::milliseconds time_between(
    const std::string& earlier, const std::string& later
);

}  // namespace millrace::app
