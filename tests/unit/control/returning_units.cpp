#include "tests/unit/control/returning_units.hpp"

#include <catch2/catch.hpp>

#include <numeric>

namespace millrace::control {

using namespace std::chrono_literals;

sticky_route::sticky_route(const unit_collector_params& chosen, std::size_t versions)
    : units{chosen}, versions_{versions} {
    std::vector<weight> first(versions, weight{0});
    first.front() = {100};
    split = routing::traffic_split{first};
}

void sticky_route::set_weights(const std::vector<std::uint32_t>& weights) {
    std::vector<weight> next;
    for (auto const each : weights) {
        next.push_back({each});
    }
    ++epoch;
    split = split.rebalanced(next, epoch);
    evidence_epoch made;
    made.epoch = epoch;
    made.outcomes = {{.kind = rollout::outcome_kind::failed_within, .age = 1s, .per_unit = true}};
    made.versions.resize(versions_);
    std::iota(made.versions.begin(), made.versions.end(), std::size_t{0});
    auto const masses = split.masses();
    made.masses.assign(masses.begin(), masses.end());
    auto params = evidence_params_for(made, versions_, now, 250ms);
    params.units = units.admission();
    params.unit_events_max = 4'096;
    made.counts = std::make_shared<metrics::route_evidence>(std::move(params), 1);
    counts_ = made.counts;
    units.begin(std::move(made), split);
    units.finish_before(units.begun());
}

void sticky_route::serve(std::uint64_t unit, bool failed) {
    tell(unit, failed, false);
}

void sticky_route::serve_alone(std::uint64_t draw, bool failed) {
    tell(draw, failed, true);
}

void sticky_route::tell(std::uint64_t unit, bool failed, bool alone) {
    auto& shard = *counts_->shard(0, version_of(unit));
    if (shard.begin_of_unit(now, unit, alone)) {
        observation observed;
        observed.status = failed ? 500 : 200;
        shard.end_of_unit(unit, now, now + 1ms, observed);
    }
}

std::uint16_t sticky_route::version_of(std::uint64_t unit) const {
    auto const choice = split.pick(static_cast<std::uint16_t>(unit >> 48));
    REQUIRE(choice);
    return choice->version;
}

std::vector<rollout::unit_tick> sticky_route::read() {
    return units.read(now);
}

unit_collector_params some_params() {
    return {.units_max = 1'000, .salt = 5, .window = 10s, .tick_length = 250ms};
}

}  // namespace millrace::control
