#include "proxy/app/rollout_ports.hpp"

#include "proxy/base/siphash.hpp"
#include "proxy/config/dump.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace millrace::app {

namespace {

// No secret: it only has to be the same in every process.
constexpr siphash_key setup_hash_key{0x6d696c6c72616365U, 3};

/// The longest that a request of the route may take; 0: without end.
std::chrono::milliseconds total_timeout_of(
    const config::configuration& from, const routing::route_params& route
) {
    if (route.total_timeout) {
        return *route.total_timeout;
    }
    std::chrono::milliseconds longest{0};
    for (auto const& ref : route.backend_refs) {
        for (auto const& backend : from.table.backends) {
            if (backend.name != ref.backend) {
                continue;
            }
            if (backend.timeouts.total.count() == 0) {
                return std::chrono::milliseconds{0};
            }
            longest = std::max(longest, backend.timeouts.total);
        }
    }
    return longest;
}

}  // namespace

rollout_weights_port::rollout_weights_port(
    table_publisher& tables, metrics::registry& metrics, unsigned workers
)
    : tables_{tables}, metrics_{metrics}, workers_{workers} {}

std::optional<routing::route_state> rollout_weights_port::state_of(std::string_view route) {
    return tables_.state_of(route);
}

void rollout_weights_port::publish(
    const routing::route_state& next,
    std::shared_ptr<metrics::route_evidence> evidence,
    std::function<void()> done
) {
    tables_.change(next, std::move(evidence), std::move(done));
}

metrics::version_totals rollout_weights_port::totals(
    std::string_view route, std::string_view backend
) {
    return metrics_.totals(route, backend);
}

control::rollout_setup rollout_setup_of(
    const config::configuration& from, const std::string& route, const rollout::params& params
) {
    control::rollout_setup setup{
        .route = route, .params = params, .total_timeout = {}, .config_hash = {}};
    for (auto const& each : from.table.routes) {
        if (each.name == route) {
            setup.total_timeout = total_timeout_of(from, each);
        }
    }
    auto const text =
        fmt::format("{} {} {}", route, setup.total_timeout.count(), config::dump_json(params));
    setup.config_hash = fmt::format("{:016x}", siphash_2_4(setup_hash_key, text));
    return setup;
}

}  // namespace millrace::app
