#pragma once

#include "proxy/config/configuration.hpp"
#include "proxy/control/ports.hpp"
#include "proxy/metrics/registry.hpp"
#include "proxy/providers/metric_board.hpp"
#include "proxy/providers/poller.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::app {

/// The custom metrics of a gateway: what fetches them, where the values lie, and how the controller
/// reads them. Lifetime: the gateway's, outlives the driver. Thread: readings() the driver's, the
/// rest control.
class custom_metrics final : public control::metrics_port {
 public:
    /// Replaces what is fetched by what the file says.
    void configure(const config::configuration& from);

    [[nodiscard]] std::vector<rollout::metric_reading> readings(
        std::string_view route,
        const rollout::params& params,
        rollout::milliseconds running,
        time_point now
    ) override;

    /// For /metrics.
    void report_to(metrics::registry& registry) const;

 private:
    providers::metric_board board_;
    std::unique_ptr<providers::poller> poller_;  // once there is something to fetch
};

/// What a rollout wants to know about whom.
[[nodiscard]] providers::watch watch_of(const std::string& route, const rollout::params& params);

}  // namespace millrace::app
