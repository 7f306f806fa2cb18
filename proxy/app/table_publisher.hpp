#pragma once

#include "proxy/app/worker_set.hpp"
#include "proxy/metrics/evidence.hpp"
#include "proxy/metrics/registry.hpp"
#include "proxy/routing/route_table.hpp"
#include "proxy/upstream/address_book.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::app {

/// The one place where the table in force changes: rules, weights, addresses and what is counted
/// for rollouts become one value that every worker gets whole. Lifetime: the gateway's. Thread:
/// any; a mutex that nobody holds while a disk or a network is waited for, so that the controller
/// can always put a rollback in force.
class table_publisher {
 public:
    using route_states = std::map<std::string, routing::route_state, std::less<>>;
    using done = worker_set::done;

    table_publisher(worker_set& workers, metrics::registry& metrics);

    /// The weights of an earlier process; before anything else.
    void restore(route_states states);

    /// The table in force, or the next one between replace() and install().
    [[nodiscard]] std::shared_ptr<const routing::route_table> table() const;
    /// Nothing when no such route is in the table.
    [[nodiscard]] std::optional<routing::route_state> state_of(std::string_view route) const;
    /// Of every route that was ever met, those that left the file too: epochs are never used twice.
    [[nodiscard]] route_states states() const;

    /// Takes new rules. A route whose weights changed since `compiled` was made keeps the newer
    /// ones.
    void replace(std::shared_ptr<const routing::route_table> compiled);

    void set_addresses(std::shared_ptr<const upstream::address_book> addresses);

    /// Puts one route's state in force. What was counted for its rollout ends, or goes on in
    /// `evidence`. `when_in_force` runs on the control thread.
    void change(
        const routing::route_state& next,
        std::shared_ptr<metrics::route_evidence> evidence,
        done when_in_force
    );

    /// Puts everything in force as it is now.
    void install(done when_in_force);

 private:
    void install_locked(done when_in_force);
    void show_weights() const;

    worker_set& workers_;
    metrics::registry& metrics_;
    mutable std::mutex mutex_;
    std::shared_ptr<const routing::route_table> table_;
    std::shared_ptr<const upstream::address_book> addresses_;
    std::shared_ptr<const metrics::evidence_set> evidence_;
    route_states states_;
    std::uint64_t version_ = 0;
};

}  // namespace millrace::app
