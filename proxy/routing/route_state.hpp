#pragma once

#include "proxy/base/weight.hpp"
#include "proxy/routing/params.hpp"
#include "proxy/routing/traffic_split.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace millrace::routing {

/// The part of a route that outlives reloads and restarts: who has which weight, how the units are
/// partitioned, and how often that changed. Lifetime: a value. Thread: any.
struct route_state {
    std::string route;
    std::vector<backend_ref> refs;  ///< as they are now; the split's versions, in this order
    std::uint32_t epoch = 1;        ///< rises with each change of refs, never used twice
    traffic_split split;
    std::uint64_t file_refs_hash = 0;  ///< of the file's backend_refs at the last load
};

/// The state of a route that is met for the first time: the file's weights, epoch 1.
[[nodiscard]] route_state initial_state(const route_params& file);

/// The state after a person or the controller set weights: the next epoch, by the smallest
/// movement. The weights that it has already change nothing, not even the epoch.
///
/// @param weights  one per element of state.refs, in its order
[[nodiscard]] route_state with_weights(const route_state& state, std::span<const weight> weights);

struct reconciled_state {
    route_state state;
    bool file_won = false;  ///< the file changed what was running: worth a line in the log
};

/// What holds after a load of the file. Weights set at run time stay unless the route's
/// `backend_refs` are not those of the last load: then the file wins as a new epoch, again by the
/// smallest movement. Changed to just what is running, they begin no new epoch.
[[nodiscard]] reconciled_state reconcile(const route_state& running, const route_params& file);

/// The same in every process for the same names, weights and order.
[[nodiscard]] std::uint64_t hash_of(std::span<const backend_ref> refs);

}  // namespace millrace::routing
