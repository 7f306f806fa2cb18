#include "proxy/app/rollout_ports.hpp"

#include "proxy/base/siphash.hpp"
#include "proxy/config/dump.hpp"
#include "proxy/routing/affinity.hpp"

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

/// What a unit is and where it stands: another one is another rollout. Empty: requests are drawn.
std::string units_text(
    const config::configuration& from, const routing::affinity_params& affinity
) {
    if (affinity.kind == routing::affinity_params::kind::none) {
        return {};
    }
    auto const place = routing::unit_hash(from.table.affinity_key, affinity.name, "place");
    return fmt::format(" {} {:x}", static_cast<int>(affinity.kind), place);
}

/// What a name stands for: where requests go, and what of them is changed on the way. Limits and
/// timeouts do not make another artifact.
std::string artifact_of(const config::configuration& from, const std::string& name) {
    std::string text;
    for (auto const& backend : from.table.backends) {
        if (backend.name != name) {
            continue;
        }
        for (auto const& endpoint : backend.endpoints) {
            text += fmt::format("{} {} ", endpoint.host, endpoint.port);
        }
        text += fmt::format("{} {} {}", backend.url_path, backend.url_query, backend.preserve_host);
        for (auto const& removed : backend.request_headers.remove) {
            text += fmt::format(" -{}", removed);
        }
        for (auto const* const edits :
             {&backend.request_headers.set, &backend.request_headers.add}) {
            for (auto const& edit : *edits) {
                text += fmt::format(" {}={}", edit.name, edit.value);
            }
        }
    }
    return fmt::format("{}@{:016x}", name, siphash_2_4(setup_hash_key, text));
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
        .route = route, .params = params, .total_timeout = {}, .artifacts = {}, .config_hash = {}};
    std::string units;
    for (auto const& each : from.table.routes) {
        if (each.name == route) {
            setup.total_timeout = total_timeout_of(from, each);
            units = units_text(from, each.affinity);
        }
    }
    for (auto const& candidate : params.candidates) {
        setup.artifacts += setup.artifacts.empty() ? "" : " ";
        setup.artifacts += artifact_of(from, candidate);
    }
    auto const text = fmt::format(
        "{} {} {} {} {}{}",
        route,
        setup.total_timeout.count(),
        setup.artifacts,
        artifact_of(from, params.primary),
        config::dump_json(params),
        units
    );
    setup.config_hash = fmt::format("{:016x}", siphash_2_4(setup_hash_key, text));
    return setup;
}

}  // namespace millrace::app
