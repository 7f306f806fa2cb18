#pragma once

#include <cstdint>

namespace millrace::journal {

/// What may be chosen about the durable record.
struct params {
    /// Batches that wait for the disk; what comes beyond is refused at once. In [1, 10000].
    std::uint32_t commits_waiting_max = 256;
    /// Rollbacks that wait to be marked. In [1, 10000].
    std::uint32_t marks_waiting_max = 256;
    /// For how many ended rollouts of each route, the newest ones, the inputs are kept, so that
    /// they can be replayed. Decisions are kept for all. In [0, 10000].
    std::uint32_t replayable_rollouts_max = 20;

    friend bool operator==(const params&, const params&) = default;
};

}  // namespace millrace::journal
