#include "proxy/metrics/evidence.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

namespace millrace::metrics {

namespace {

constexpr std::uint64_t being_emptied = UINT64_MAX;

bool happened(const outcome_rule& rule, duration elapsed, const observation& observed) noexcept {
    switch (rule.event) {
        case outcome_event::failed:
            return observed.is_error() && elapsed <= rule.limit;
        case outcome_event::ended_well:
            return !observed.is_error() && elapsed <= rule.limit;
        case outcome_event::answered_well:
            return observed.is_good() && elapsed <= rule.limit;
        case outcome_event::first_byte_in_time:
            return observed.is_good() && observed.first_byte > duration::zero() &&
                   observed.first_byte <= rule.limit;
    }
    return false;
}

}  // namespace

duration tick_length_for(duration age, duration shortest) noexcept {
    return std::max(shortest, age / static_cast<int>(evidence_shard::ticks_kept / 2));
}

evidence_shard::evidence_shard(const evidence_params& params, std::size_t version, unit_ring* units)
    : origin_{params.origin}, units_{units} {
    auto const& rules = params.versions[version].rules;
    for (std::size_t i = 0; i < rules.size(); ++i) {
        auto made = std::make_unique<ring>();
        made->rule = rules[i];
        made->length = params.tick_lengths[i];
        rings_.push_back(std::move(made));
    }
}

std::uint64_t evidence_shard::tick_of(const ring& in, time_point when) const noexcept {
    auto const since = when - origin_;
    return since <= duration::zero() ? 0 : static_cast<std::uint64_t>(since / in.length);
}

evidence_shard::cell* evidence_shard::ring::at(std::uint64_t tick) noexcept {
    auto& found = cells[tick % ticks_kept];
    auto const held = found.tick.load(std::memory_order_relaxed);
    if (held > tick + 1) {
        return nullptr;
    }
    if (held != tick + 1) {
        // A reader of the old tick must not take the zeros for its counts.
        found.tick.store(being_emptied, std::memory_order_relaxed);
        std::atomic_thread_fence(std::memory_order_release);
        found.assigned.set(0);
        found.events.set(0);
        found.tick.store(tick + 1, std::memory_order_release);
    }
    return &found;
}

void evidence_shard::begin(time_point when) noexcept {
    for (auto const& each : rings_) {
        if (auto* const found = each->at(tick_of(*each, when))) {
            found->assigned.add();
        }
    }
}

void evidence_shard::end(
    time_point assigned_at, time_point ended_at, const observation& observed
) noexcept {
    auto const elapsed = ended_at - assigned_at;
    for (auto const& each : rings_) {
        if (happened(each->rule, elapsed, observed)) {
            if (auto* const found = each->at(tick_of(*each, assigned_at))) {
                found->events.add();
            }
        }
    }
}

bool evidence_shard::begin_of_unit(time_point when, std::uint64_t unit, bool alone) noexcept {
    return units_->begin({.unit = unit, .assigned_at = when, .alone = alone});
}

void evidence_shard::end_of_unit(
    std::uint64_t unit, time_point assigned_at, time_point ended_at, const observation& observed
) noexcept {
    static_assert(evidence_params::rules_max <= 16, "a bit for each in unit_event::outcomes");
    unsigned outcomes = 0;
    for (std::size_t i = 0; i < rings_.size(); ++i) {
        outcomes |= happened(rings_[i]->rule, ended_at - assigned_at, observed) ? 1U << i : 0U;
    }
    units_->end(
        {.unit = unit,
         .assigned_at = assigned_at,
         .outcomes = static_cast<std::uint16_t>(outcomes),
         .ended = true}
    );
}

bool evidence_shard::add_to(rule_counts& out, std::size_t rule, std::uint64_t tick) const noexcept {
    auto const& found = rings_[rule]->cells[tick % ticks_kept];
    auto const held = found.tick.load(std::memory_order_acquire);
    if (held <= tick) {
        return true;  // nothing was assigned here in this tick
    }
    rule_counts const seen{found.assigned.value(), found.events.value()};
    std::atomic_thread_fence(std::memory_order_acquire);
    if (held != tick + 1 || found.tick.load(std::memory_order_relaxed) != held) {
        return false;
    }
    out.assigned += seen.assigned;
    out.events += seen.events;
    return true;
}

route_evidence::route_evidence(evidence_params params, unsigned workers)
    : params_{std::move(params)} {
    for (unsigned worker = 0; worker < workers; ++worker) {
        auto& of_worker = shards_.emplace_back();
        unit_ring* units = nullptr;
        if (params_.units) {
            units_.push_back(std::make_unique<unit_ring>(params_.units, params_.unit_events_max));
            units = units_.back().get();
        }
        for (std::size_t version = 0; version < params_.versions.size(); ++version) {
            of_worker.push_back(
                params_.versions[version].rules.empty()
                    ? nullptr
                    : std::make_unique<evidence_shard>(params_, version, units)
            );
        }
    }
}

evidence_shard* route_evidence::shard(unsigned worker, std::size_t version) const noexcept {
    return shards_[worker][version].get();
}

std::optional<rule_counts> route_evidence::counts(
    std::size_t rule, std::uint64_t tick, std::size_t version
) const {
    rule_counts sum;
    for (auto const& of_worker : shards_) {
        if (of_worker[version] && !of_worker[version]->add_to(sum, rule, tick)) {
            return std::nullopt;
        }
    }
    return sum;
}

void route_evidence::drain_units(std::vector<unit_event>& into) const {
    for (auto const& each : units_) {
        each->drain(into);
    }
}

time_point route_evidence::end_of(std::size_t rule, std::uint64_t tick) const noexcept {
    return params_.origin + params_.tick_lengths[rule] * static_cast<std::int64_t>(tick + 1);
}

}  // namespace millrace::metrics
