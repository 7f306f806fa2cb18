#pragma once

#include "proxy/base/weight.hpp"
#include "proxy/rollout/state.hpp"
#include "proxy/routing/route_state.hpp"

#include <cstddef>
#include <vector>

namespace millrace::control {

/// The weights of a route that give each candidate the share that the rollout decided, of what the
/// primary and the candidates have together. Versions that take no part keep their share of all.
///
/// @param arms  places among running.refs: the primary, then the candidates
[[nodiscard]] std::vector<weight> weights_for(
    const routing::route_state& running,
    const std::vector<std::size_t>& arms,
    const rollout::state& decided
);

/// True when some candidate holds a part of the partition.
[[nodiscard]] bool has_candidate_units(
    const routing::route_state& running, const std::vector<std::size_t>& arms
);

/// The route without its candidates, in an epoch that no request sees: what a candidate gets from
/// here on is cut where no earlier part of its own decides.
[[nodiscard]] routing::route_state without_candidates(
    const routing::route_state& running,
    const std::vector<std::size_t>& arms,
    const rollout::state& decided
);

}  // namespace millrace::control
