#pragma once

#include "proxy/config/shape.hpp"
#include "proxy/simulation/params.hpp"

namespace millrace::config {

/// A world as it stands in a file: what every case shares, and the cases.
struct world_document {
    simulation::world_params shared;
    const node* cases = nullptr;  ///< read last, each on top of what is shared
};

/// The keys of a world, without its cases. Made once; any thread.
[[nodiscard]] const shape<world_document>& world_document_shape();

/// A case: its name, and what is different in it. Fills only what is there.
[[nodiscard]] const shape<simulation::world_case>& world_case_shape();

}  // namespace millrace::config
