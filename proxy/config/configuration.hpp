#pragma once

#include "proxy/admin/params.hpp"
#include "proxy/base/log.hpp"
#include "proxy/feedback/params.hpp"
#include "proxy/journal/params.hpp"
#include "proxy/metrics/params.hpp"
#include "proxy/providers/params.hpp"
#include "proxy/rollout/params.hpp"
#include "proxy/routing/params.hpp"
#include "proxy/server/params.hpp"
#include "proxy/webhooks/params.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace millrace::config {

/// The whole file, typed and validated. Immutable once loaded; any thread.
struct configuration {
    std::uint32_t workers = 0;  ///< 0: one per core that the process may use
    std::string data_dir;       ///< where weights survive a restart; empty: in memory only
    journal::params journal;
    log::level log_level = log::level::info;
    server::access_log_params access_log;
    admin::params admin;
    feedback::params feedback;
    metrics::params metrics;
    server::id_params ids;
    std::vector<webhooks::params> webhooks;
    std::vector<server::listener_params> listeners;
    routing::table_params table;
    /// By the name of the route; their primaries are always named.
    std::map<std::string, rollout::params, std::less<>> rollouts;
    std::vector<providers::metric_params> custom_metrics;
    std::vector<std::string> metric_files;                   ///< with Iter8's Metric documents
    std::string metric_secrets_dir = "/run/secrets";         ///< of the secrets that these name
    std::vector<providers::metric_params> metrics_of_files;  ///< what stands there
};

/// Those of both kinds, with the directories of their secrets.
[[nodiscard]] std::vector<providers::metric_params> all_metrics(const configuration& of);

}  // namespace millrace::config
