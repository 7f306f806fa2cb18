#pragma once

#include "proxy/metrics/label_totals.hpp"
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

/// Fetches and values of custom metrics.
void append_custom_metrics(family_list& out, const registry& from);

/// Commits of the durable record; nothing without one.
void append_journal(family_list& out, const registry& from);

/// Labels, by what became of them and what they say.
void append_labels(family_list& out, const label_totals& totals);

/// CPU, memory and file descriptors of the process.
void append_process(family_list& out);

}  // namespace millrace::metrics::families
