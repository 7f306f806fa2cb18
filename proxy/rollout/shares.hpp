#pragma once

#include "proxy/rollout/assessment.hpp"
#include "proxy/rollout/params.hpp"
#include "proxy/rollout/state.hpp"

#include <cstdint>
#include <vector>

namespace millrace::rollout {

/// Percent of the traffic of primary and candidates that each candidate gets in a step: what the
/// file says, or equal shares for strategies that compare rewards.
[[nodiscard]] double share_of_step(const params& chosen, std::uint32_t step);

/// True when the next batch of a bandit may begin: its time has passed, and each candidate that is
/// in has enough scores of this one.
[[nodiscard]] bool is_batch_over(
    const params& chosen, const state& now, const assessment& evidence, milliseconds at
);

/// The shares of a bandit's next batch, in percent by candidate, in hundredths; the primary keeps
/// the rest. They are drawn from what is believed of the first reward, by a generator that is
/// seeded from the names of the versions, the attempt and the number of the batch: the same
/// arguments give the same shares, bit for bit.
[[nodiscard]] std::vector<double> bandit_shares(
    const params& chosen, const state& now, const assessment& evidence
);

}  // namespace millrace::rollout
