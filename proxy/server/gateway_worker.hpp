#pragma once

#include "proxy/metrics/registry.hpp"
#include "proxy/net/socket.hpp"
#include "proxy/net/worker.hpp"
#include "proxy/routing/route_table.hpp"
#include "proxy/server/session.hpp"
#include "proxy/server/worker_context.hpp"
#include "proxy/upstream/address_book.hpp"
#include "proxy/upstream/connection_budget.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace millrace::server {

/// Downstream connections of the whole process; written when one opens or closes only.
struct connection_count {
    alignas(64) std::atomic<std::uint32_t> open{0};
};

/// What all workers of the process share.
struct shared_parts {
    metrics::registry& metrics;
    upstream::connection_budgets& budgets;
    connection_count& connections;
    access_log* log = nullptr;        ///< null: no access log
    label_outlets* labels = nullptr;  ///< null: nobody counts labels
};

/// What a reload may replace beside the table; for connections accepted from then on.
struct worker_settings {
    std::vector<std::shared_ptr<const listener_settings>>
        listeners;  ///< in the order of the sockets
    std::shared_ptr<const id_settings> ids;
};

/// What is put into force in every worker at once, so that no request meets half a change.
struct published_table {
    std::shared_ptr<const routing::route_table> routes;
    std::shared_ptr<const upstream::address_book> addresses;
    std::shared_ptr<const metrics::evidence_set> evidence;
};

/// One worker of the gateway: a thread with its event loop, listeners, sessions and pools.
/// Lifetime: made, started, drained, stopped and destroyed by app. Thread: members are for app's
/// thread; what they do happens on the worker's.
class alignas(64) gateway_worker {
 public:
    gateway_worker(std::uint16_t index, shared_parts shared, std::uint64_t seed);
    ~gateway_worker();
    gateway_worker(const gateway_worker&) = delete;
    gateway_worker& operator=(const gateway_worker&) = delete;

    void start();

    /// Puts a table into force; `done` is called on the worker's thread when it is.
    void install(published_table table, std::function<void()> done);

    /// Replaces the settings.
    void configure(worker_settings settings);

    /// Begins to accept, on listening sockets that become the worker's, one per listener of the
    /// settings. They are opened by the caller, so that a wrong address is an error of the
    /// configuration and not of a thread.
    void listen(std::vector<int> sockets, std::function<void()> done);

    /// Stops accepting, ends idle connections, lets exchanges finish; `done` once none is left.
    void drain(std::function<void()> done);

    /// Ends everything that is left and joins the thread.
    void stop();

 private:
    void install_here(const published_table& table);
    [[nodiscard]] upstream::pool_ptr pool_for(const routing::backend_params& params);
    void accept(
        net::connection_ptr peer,
        const net::address& from,
        const std::shared_ptr<const listener_settings>& settings
    );
    void on_session_left();

    std::uint16_t index_;
    shared_parts shared_;
    net::worker loop_;
    worker_context context_;
    session_list sessions_{[this] { on_session_left(); }};
    worker_settings settings_;
    std::map<std::string, upstream::pool_ptr, std::less<>> pools_;
    std::vector<std::unique_ptr<net::listener>> listeners_;
    std::function<void()> on_drained_;
    std::thread thread_;
};

}  // namespace millrace::server
