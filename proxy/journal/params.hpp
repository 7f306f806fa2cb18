#pragma once

#include <chrono>
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
    /// How far back the inputs of one rollout reach, in its own time: older ones leave, from one
    /// checkpoint to the next. In [1 min, 1 year].
    std::chrono::milliseconds retention = std::chrono::hours{24 * 7};
    /// Bytes of inputs that one rollout keeps, whatever their age; the newest segment always stays.
    /// In [1 MiB, 1 TiB].
    std::uint64_t rollout_bytes_max = std::uint64_t{64} << 20U;

    friend bool operator==(const params&, const params&) = default;
};

}  // namespace millrace::journal
