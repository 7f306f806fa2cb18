#include "proxy/server/gateway_worker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <pthread.h>
#include <utility>

namespace millrace::server {

namespace {

// What a client gets that is one too many: no parse, no allocation, no wait.
constexpr std::string_view too_many_connections_head =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\n"
    "Content-Length: 109\r\nConnection: close\r\n\r\n";
constexpr std::string_view too_many_connections_body =
    "{\"error\":\"the gateway serves as many connections as it may\","
    "\"reason\":\"too_many_connections\",\"request_id\":\"\"}\n";

static_assert(too_many_connections_body.size() == 109);

/// What a worker writes for every request is allocated by its own thread, and in pieces that the
/// allocator does not cut out of what another thread gave back: no two workers write one line.
void take_own_memory(worker_context& context) {
    constexpr std::size_t fields = 64;
    context.http.request.head.fields.reserve(fields);
    context.http.response.head.fields.reserve(fields);
    context.upstream_request.fields.reserve(fields);
    context.answer.fields.reserve(fields);
    context.target.reserve(2048);
    context.values = {};
}

}  // namespace

gateway_worker::gateway_worker(std::uint16_t index, shared_parts shared, std::uint64_t seed)
    : index_{index},
      shared_{shared},
      context_{
          .loop = loop_,
          .metrics = shared_.metrics.worker(index),
          .ids = nullptr,
          .access_log = shared_.log != nullptr ? &shared_.log->queue(index) : nullptr,
          .labels = shared_.labels != nullptr ? shared_.labels->at(index).get() : nullptr,
          .worker_index = index,
          .coins = random_source{seed},
          .table = nullptr,
          .http = {},
          .upstream_request = {},
          .answer = {},
          .values = {},
          .target = {},
      } {}

gateway_worker::~gateway_worker() {
    stop();
}

void gateway_worker::start() {
    thread_ = std::thread{[this] {
        auto const name = fmt::format("worker-{}", context_.worker_index);
        ::pthread_setname_np(::pthread_self(), name.c_str());  // for top -H and profilers
        take_own_memory(context_);
        loop_.run();
    }};
}

void gateway_worker::install(published_table table, std::function<void()> done) {
    loop_.post([this, table = std::move(table), done = std::move(done)] {
        install_here(table);
        done();
    });
}

void gateway_worker::install_here(const published_table& table) {
    boost::intrusive_ptr<worker_table> next{new worker_table};
    std::map<std::string, upstream::pool_ptr, std::less<>> pools;
    for (auto const& backend : table.routes->backends()) {
        auto pool = pool_for(backend);
        pool->set_addresses(*table.addresses);
        next->pools.push_back(pool);
        pools.emplace(backend.name, std::move(pool));
    }
    for (auto const& route : table.routes->routes()) {
        auto& versions = next->versions.emplace_back();
        auto& evidence = next->evidence.emplace_back();
        auto const rollout = table.evidence->find(route.params->name);
        for (auto const& ref : route.params->backend_refs) {
            auto const version = versions.size();
            versions.push_back(&shared_.metrics.version(index_, route.params->name, ref.backend));
            evidence.push_back(
                rollout == table.evidence->end() ? nullptr : rollout->second->shard(index_, version)
            );
        }
    }
    next->routes = table.routes;
    next->evidence_kept = table.evidence;
    context_.table = std::move(next);
    pools_.swap(pools);
    for (auto const& [name, pool] : pools) {
        auto const kept = pools_.find(name);
        if (kept == pools_.end() || kept->second != pool) {
            pool->retire();
        }
    }
}

upstream::pool_ptr gateway_worker::pool_for(const routing::backend_params& params) {
    auto const running = pools_.find(params.name);
    if (running != pools_.end() && running->second->params() == params) {
        return running->second;
    }
    return upstream::pool_ptr{new upstream::pool{
        params,
        {.loop = loop_,
         .metrics = context_.metrics,
         .budget = shared_.budgets.of(params.name, params.limits.connections_max)}}};
}

void gateway_worker::configure(worker_settings settings) {
    loop_.post([this, settings = std::move(settings)] {
        settings_ = settings;
        context_.ids = settings_.ids;
    });
}

void gateway_worker::listen(std::vector<int> sockets, std::function<void()> done) {
    loop_.post([this, sockets = std::move(sockets), done = std::move(done)] {
        for (std::size_t i = 0; i < sockets.size(); ++i) {
            listeners_.push_back(std::make_unique<net::listener>(
                loop_,
                sockets[i],
                net::listener::handlers{
                    .on_accept = [this, i](
                                     net::connection_ptr peer, const net::address& from
                                 ) { accept(std::move(peer), from, settings_.listeners[i]); },
                    .on_refused = [this] { context_.metrics.connection_refused(); }}
            ));
        }
        done();
    });
}

void gateway_worker::accept(
    net::connection_ptr peer,
    const net::address& from,
    const std::shared_ptr<const listener_settings>& settings
) {
    auto const open = shared_.connections.open.fetch_add(1, std::memory_order_relaxed);
    if (open >= settings->params.limits.connections_max) {
        shared_.connections.open.fetch_sub(1, std::memory_order_relaxed);
        context_.metrics.connection_refused();
        context_.metrics.failure(errc::too_many_connections);
        auto const ignored =
            peer->write({too_many_connections_head, too_many_connections_body}, duration::zero());
        return;
    }
    context_.metrics.connection_accepted();
    loop_.buffer_budget = std::max(
        net::worker::buffer_budget_min,
        (sessions_.count() + 1) * net::worker::buffer_budget_per_connection
    );
    client_info client{
        .ip = from.host_text(),
        .is_trusted_proxy = std::any_of(
            settings->trusted_proxies.begin(),
            settings->trusted_proxies.end(),
            [&from](const net::network& trusted) { return trusted.contains(from); }
        ),
        .listener = settings};
    serve_connection(context_, sessions_, std::move(peer), std::move(client));
}

void gateway_worker::drain(std::function<void()> done) {
    loop_.post([this, done = std::move(done)]() mutable {
        for (auto const& listener : listeners_) {
            listener->accept_waiting();
        }
        listeners_.clear();
        context_.draining = true;
        on_drained_ = std::move(done);
        // A round later: requests that are here already have begun by then.
        loop_.post([this] {
            sessions_.end_idle();
            if (sessions_.count() == 0 && on_drained_) {
                std::exchange(on_drained_, nullptr)();
            }
        });
    });
}

void gateway_worker::on_session_left() {
    shared_.connections.open.fetch_sub(1, std::memory_order_relaxed);
    auto const budget = sessions_.count() * net::worker::buffer_budget_per_connection;
    loop_.buffer_budget = std::max(net::worker::buffer_budget_min, budget);
    if (sessions_.count() == 0 && on_drained_) {
        std::exchange(on_drained_, nullptr)();
    }
}

void gateway_worker::stop() {
    if (!thread_.joinable()) {
        return;
    }
    loop_.post([this] {
        listeners_.clear();
        context_.draining = true;
        context_.stopping = true;
        sessions_.end_all();
    });
    loop_.stop();
    thread_.join();
    for (auto const& [name, pool] : pools_) {
        pool->retire();
    }
}

}  // namespace millrace::server
