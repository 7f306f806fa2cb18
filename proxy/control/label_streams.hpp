#pragma once

#include "proxy/control/label_port.hpp"
#include "proxy/rollout/plan.hpp"

#include <vector>

namespace millrace::control {

/// The outcomes of a plan that labels feed, and workers do not count.
/// @param chosen  that the plan was made from
[[nodiscard]] std::vector<label_stream> label_streams_of(
    const rollout::plan& with, const rollout::params& chosen
);

/// True of such an outcome.
[[nodiscard]] bool is_fed_by_labels(const rollout::outcome& each) noexcept;

}  // namespace millrace::control
