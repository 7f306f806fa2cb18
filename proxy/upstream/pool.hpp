#pragma once

#include "proxy/base/random.hpp"
#include "proxy/metrics/worker_metrics.hpp"
#include "proxy/net/connection.hpp"
#include "proxy/routing/params.hpp"
#include "proxy/upstream/address_book.hpp"
#include "proxy/upstream/connection_budget.hpp"

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace millrace::upstream {

class pool;
class endpoint;

/// One connection to an endpoint: on loan to an exchange, or idle in its pool, where it watches
/// itself: when the peer closes it, sends something or its idle time is over, it leaves the pool.
/// Lifetime: owned by whoever has it on loan, else by the pool. Worker-local.
class pooled_connection final : private net::connection::observer, private net::timer_node {
 public:
    pooled_connection(pool& of, endpoint& to, net::connection_ptr socket);
    ~pooled_connection() override;
    pooled_connection(const pooled_connection&) = delete;
    pooled_connection& operator=(const pooled_connection&) = delete;

    [[nodiscard]] net::connection& socket() noexcept { return *socket_; }

    [[nodiscard]] endpoint& target() noexcept { return *endpoint_; }

    /// True when the connection carried a request before this one.
    [[nodiscard]] bool is_reused() const noexcept { return reused_; }

 private:
    friend class pool;

    void rest(duration idle_timeout);
    void wake() noexcept;

    void on_peer_closed(bool broken) override;
    void on_unawaited_input() override;
    time_point on_timer(time_point now) override;

    pool* pool_;
    endpoint* endpoint_;
    net::connection_ptr socket_;
    bool opened_ = false;  // the dial succeeded
    bool reused_ = false;
    time_point idle_since_;
    time_point idle_until_ = no_deadline;
    std::size_t place_ = 0;  // in the endpoint's idle list
};

using lease = std::unique_ptr<pooled_connection>;

/// One address of a backend, as one worker sees it. Worker-local, owned by its pool.
class endpoint {
 public:
    [[nodiscard]] const routing::endpoint_params& params() const noexcept { return *params_; }

    [[nodiscard]] bool is_resolved() const noexcept { return !addresses_.empty(); }

 private:
    friend class pool;

    const routing::endpoint_params* params_ = nullptr;
    std::vector<net::address> addresses_;
    std::size_t next_address_ = 0;
    std::uint32_t in_flight_ = 0;
    std::vector<lease> idle_;  // mostly in the order of going to rest
};

/// A backend's connections on one worker: it chooses an endpoint, lends connections and takes them
/// back. Lifetime: counted by the snapshots and exchanges of its worker; when the configuration
/// drops it, it lives until the last exchange has given back its loan. Worker-local.
///
///   auto* to = pool.choose_endpoint(random);
///   auto connection = pool.take_idle(*to, may_repeat);
///   if (!connection) { error = pool.begin_dial(*to, connection); co_await pool.finish_dial(...); }
class pool final : public boost::intrusive_ref_counter<pool, boost::thread_unsafe_counter> {
 public:
    struct dependencies {
        net::worker& loop;
        metrics::worker_metrics& metrics;
        std::shared_ptr<connection_budget> budget;
    };

    pool(routing::backend_params params, dependencies with);
    ~pool();
    pool(const pool&) = delete;
    pool& operator=(const pool&) = delete;

    [[nodiscard]] const routing::backend_params& params() const noexcept { return params_; }

    /// New addresses for the endpoints' names; idle connections stay.
    void set_addresses(const address_book& book);

    /// Two endpoints at random, the one with fewer requests in flight (Mitzenmacher 2001, "The
    /// power of two choices"). Null: none has an address.
    [[nodiscard]] endpoint* choose_endpoint(random_source& random) noexcept;

    /// An idle connection, the last used one, or null. The caller's until give_back or destruction.
    /// @param must_be_alive  the request cannot be repeated: look at the socket before
    [[nodiscard]] lease take_idle(endpoint& to, bool must_be_alive);

    /// Begins to connect. Errors: upstream_connections_exhausted, no_descriptors,
    /// upstream_connect_failed.
    [[nodiscard]] errc begin_dial(endpoint& to, lease& out);

    /// Waits for a connection that begin_dial made. Errors: upstream_connect_failed,
    /// upstream_connect_timed_out, or what it was cancelled with.
    [[nodiscard]] net::task<errc> finish_dial(pooled_connection& dialed);

    /// How many addresses may be tried, one after the other.
    [[nodiscard]] std::size_t dial_attempts(const endpoint& to) const noexcept {
        return std::min<std::size_t>(to.addresses_.size(), 3);
    }

    /// Takes back a connection after a clean exchange.
    /// @param announced  how long the upstream says it keeps it, if it does
    void give_back(lease clean, std::optional<std::chrono::seconds> announced);

    /// Closes all idle connections and takes back none any more.
    void retire();

    // Requests in flight on an endpoint, for choose_endpoint.
    static void begin_request(endpoint& at) noexcept { ++at.in_flight_; }

    static void end_request(endpoint& at) noexcept { --at.in_flight_; }

 private:
    friend class pooled_connection;

    void drop_idle(pooled_connection& idle);
    [[nodiscard]] bool make_room();

    routing::backend_params params_;
    dependencies with_;
    std::vector<endpoint> endpoints_;
    std::size_t idle_count_ = 0;
    bool retired_ = false;
};

using pool_ptr = boost::intrusive_ptr<pool>;

}  // namespace millrace::upstream
