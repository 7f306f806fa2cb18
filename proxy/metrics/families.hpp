#pragma once

#include "proxy/metrics/params.hpp"
#include "proxy/metrics/registry.hpp"

#include <vector>

namespace prometheus {
struct MetricFamily;
}

// Parts of exposition.hpp, by what they tell about. Each appends whole families to `out`.
namespace millrace::metrics::families {

using family_list = std::vector<prometheus::MetricFamily>;

/// Requests, failures, latencies, bytes and weights by route and version.
void append_versions(family_list& out, const registry& from, const params& params);

/// Connections, limits and buffers, over all workers.
void append_workers(family_list& out, const registry& from);

/// Reloads, the table and the build.
void append_control(family_list& out, const registry& from);

/// CPU, memory and file descriptors of the process.
void append_process(family_list& out);

}  // namespace millrace::metrics::families
