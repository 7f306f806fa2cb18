#pragma once

#include "proxy/base/random.hpp"
#include "proxy/http/h1_server_stream.hpp"
#include "proxy/http/workspace.hpp"
#include "proxy/metrics/evidence.hpp"
#include "proxy/metrics/version_metrics.hpp"
#include "proxy/metrics/worker_metrics.hpp"
#include "proxy/net/address.hpp"
#include "proxy/net/worker.hpp"
#include "proxy/routing/route_table.hpp"
#include "proxy/server/access_log.hpp"
#include "proxy/server/arena.hpp"
#include "proxy/server/ids.hpp"
#include "proxy/server/label_outlet.hpp"
#include "proxy/server/params.hpp"
#include "proxy/upstream/pool.hpp"

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace millrace::server {

/// A worker's handle on the published table: the table itself, and this worker's pools and metrics
/// beside it. Counted without atomics: no reference count is written by two cores. Worker-local.
struct worker_table final
    : boost::intrusive_ref_counter<worker_table, boost::thread_unsafe_counter> {
    std::shared_ptr<const routing::route_table> routes;
    std::vector<upstream::pool_ptr> pools;                         ///< by the table's backend id
    std::vector<std::vector<metrics::version_metrics*>> versions;  ///< by route and ref
    /// By route and ref: where the rollout of the route counts; null: there is none.
    std::vector<std::vector<metrics::evidence_shard*>> evidence;
    std::shared_ptr<const metrics::evidence_set> evidence_kept;  ///< keeps them alive
};

using worker_table_ptr = boost::intrusive_ptr<const worker_table>;

/// A listener's params, ready for use by all of its connections. Immutable, any thread.
struct listener_settings {
    listener_params params;
    http::h1_server_params http;
    std::vector<net::network> trusted_proxies;
};

/// What the whole process shares about ids. Immutable, any thread.
struct id_settings {
    id_params params;
    id_signer signer;
    std::uint32_t incarnation = 0;  ///< random, one per process
};

/// Who a connection comes from.
struct client_info {
    std::string ip;
    bool is_trusted_proxy = false;
    std::shared_ptr<const listener_settings> listener;
};

/// Everything that the exchanges of one worker share. Lifetime: the worker's. Worker-local.
struct worker_context {
    net::worker& loop;
    metrics::worker_metrics& metrics;
    std::shared_ptr<const id_settings> ids;
    log_queue* access_log = nullptr;  ///< null: no access log
    label_outlet* labels = nullptr;   ///< null: nobody counts labels
    std::uint16_t worker_index = 0;
    random_source coins;

    worker_table_ptr table;
    std::uint64_t sequence = 0;  ///< of exchanges, for x-millrace-id
    bool draining = false;       ///< no new requests; what runs may finish
    bool stopping = false;       ///< everything ends now

    // Memory for the heads that are being read, changed and written; valid until the next
    // suspension.
    http::workspace http;
    http::request_head upstream_request;
    http::response_head answer;
    arena values;
    std::string target;
};

}  // namespace millrace::server
