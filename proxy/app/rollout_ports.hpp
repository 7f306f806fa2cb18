#pragma once

#include "proxy/app/table_publisher.hpp"
#include "proxy/config/configuration.hpp"
#include "proxy/control/ports.hpp"
#include "proxy/control/rollout_driver.hpp"

namespace millrace::app {

/// What the controller sees of the gateway. Lifetime: the gateway's. Thread: the controller's.
class rollout_weights_port final : public control::weights_port {
 public:
    rollout_weights_port(table_publisher& tables, metrics::registry& metrics, unsigned workers);

    [[nodiscard]] std::optional<routing::route_state> state_of(std::string_view route) override;
    void publish(
        const routing::route_state& next,
        std::shared_ptr<metrics::route_evidence> evidence,
        std::function<void()> done
    ) override;
    [[nodiscard]] metrics::version_totals totals(std::string_view route, std::string_view backend)
        override;

    [[nodiscard]] unsigned workers() const override { return workers_; }

 private:
    table_publisher& tables_;
    metrics::registry& metrics_;
    unsigned workers_;
};

/// A rollout of the file as the controller takes it: with the time after which a request of the
/// route counts as what it is, and a hash by which a changed rollout is known.
[[nodiscard]] control::rollout_setup rollout_setup_of(
    const config::configuration& from, const std::string& route, const rollout::params& params
);

}  // namespace millrace::app
