#include "proxy/app/table_publisher.hpp"

#include "proxy/app/route_shares.hpp"

#include <utility>

namespace millrace::app {

table_publisher::table_publisher(worker_set& workers, metrics::registry& metrics)
    : workers_{workers},
      metrics_{metrics},
      addresses_{std::make_shared<const upstream::address_book>()},
      evidence_{std::make_shared<const metrics::evidence_set>()} {}

void table_publisher::restore(route_states states) {
    std::lock_guard const lock{mutex_};
    states_ = std::move(states);
}

std::shared_ptr<const routing::route_table> table_publisher::table() const {
    std::lock_guard const lock{mutex_};
    return table_;
}

std::optional<routing::route_state> table_publisher::state_of(std::string_view route) const {
    std::lock_guard const lock{mutex_};
    auto const* const found = table_ ? table_->find(route) : nullptr;
    return found == nullptr ? std::nullopt : std::optional{found->state};
}

table_publisher::route_states table_publisher::states() const {
    std::lock_guard const lock{mutex_};
    return states_;
}

void table_publisher::replace(std::shared_ptr<const routing::route_table> compiled) {
    std::lock_guard const lock{mutex_};
    std::vector<routing::route_state> newer;
    auto counted = *evidence_;
    for (auto const& route : compiled->routes()) {
        auto const known = states_.find(route.params->name);
        bool const is_new = known == states_.end();
        auto next = route.state;
        if (!is_new && known->second.epoch > route.state.epoch) {
            next = routing::reconcile(known->second, *route.params).state;
            newer.push_back(next);
        }
        if (is_new || known->second.epoch != next.epoch || known->second.refs != next.refs) {
            counted.erase(route.params->name);
        }
        states_.insert_or_assign(route.params->name, std::move(next));
    }
    table_ = newer.empty() ? std::move(compiled) : compiled->with_states(std::move(newer));
    evidence_ = std::make_shared<const metrics::evidence_set>(std::move(counted));
}

void table_publisher::set_addresses(std::shared_ptr<const upstream::address_book> addresses) {
    std::lock_guard const lock{mutex_};
    addresses_ = std::move(addresses);
}

void table_publisher::change(
    const routing::route_state& next,
    std::shared_ptr<metrics::route_evidence> evidence,
    done when_in_force
) {
    std::lock_guard const lock{mutex_};
    table_ = table_->with_states({next});
    states_.insert_or_assign(next.route, next);
    auto counted = *evidence_;
    counted.erase(next.route);
    if (evidence) {
        counted.emplace(next.route, std::move(evidence));
    }
    evidence_ = std::make_shared<const metrics::evidence_set>(std::move(counted));
    install_locked(std::move(when_in_force));
}

void table_publisher::install(done when_in_force) {
    std::lock_guard const lock{mutex_};
    install_locked(std::move(when_in_force));
}

void table_publisher::install_locked(done when_in_force) {
    metrics_.set_table_version(++version_);
    show_weights();
    workers_.install({table_, addresses_, evidence_}, std::move(when_in_force));
}

void table_publisher::show_weights() const {
    std::vector<metrics::weight_entry> entries;
    for (auto const& route : table_->routes()) {
        auto const shares = shares_of(route.state);
        for (std::size_t i = 0; i < route.state.refs.size(); ++i) {
            auto const& ref = route.state.refs[i];
            entries.push_back(
                {route.params->name, ref.backend, ref.weight.value, shares[i], route.state.epoch}
            );
        }
    }
    metrics_.set_weights(std::move(entries));
}

}  // namespace millrace::app
