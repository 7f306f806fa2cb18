#pragma once

#include "proxy/config/reader.hpp"
#include "proxy/config/shapes.hpp"

/// Rules of a rollout's strategy: which metrics it needs, and which keys belong to it. Each reports
/// to `in`; `from` is the rollout's mapping.
namespace millrace::config {

/// Metrics that can decide, and as many candidates as the strategy takes.
void check_strategy(reader& in, const node& from, const rollout::params& read);

/// Rewards with different names; a bandit's limits leave room for every version.
void check_rewards(reader& in, const node& from, const rollout::params& read);

/// What is asked of clients as units can be answered by what stands for them.
void check_unit_outcome(reader& in, const node& from, const rollout::params& read);

/// True when versions are compared by their rewards.
[[nodiscard]] bool compares_rewards(rollout::strategy of) noexcept;

}  // namespace millrace::config
