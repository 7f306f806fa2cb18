#pragma once

#include "proxy/admin/rollout_status.hpp"

#include <string>
#include <vector>

/// The API's JSON documents about rollouts, one line each. Pure.
namespace millrace::admin::rendering {

/// Without the decisions.
[[nodiscard]] std::string rollouts(const std::vector<rollout_status>& all);
[[nodiscard]] std::string rollout(const rollout_status& one);

/// One decision alone, as in a rollout's list: what the journal keeps of it.
[[nodiscard]] std::string decision(const rollout_decision& one, const rollout::params& params);

}  // namespace millrace::admin::rendering
