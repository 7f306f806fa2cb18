#include "proxy/control/unit_collector.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace millrace::control {

namespace {

// Requests without the key, of a tick: a thousand in a second tell enough.
constexpr std::size_t lone_units_max = 250;

std::uint32_t point_of(std::uint64_t hash) {
    return static_cast<std::uint32_t>(hash >> 48);
}

std::vector<stats::coin_part> partition_of(
    const routing::traffic_split& split, const std::vector<std::size_t>& versions
) {
    std::vector<stats::coin_part> parts;
    for (auto const& piece : split.pieces()) {
        if (!parts.empty()) {
            parts.back().where.end = piece.begin;
        }
        auto const found = std::find(versions.begin(), versions.end(), piece.version);
        auto const arm = static_cast<std::uint16_t>(found - versions.begin());
        parts.push_back(
            {{piece.begin, routing::traffic_split::units},
             found == versions.end() ? stats::no_arm : arm}
        );
    }
    return parts;
}

}  // namespace

unit_collector::epoch_units::epoch_units(
    evidence_epoch of,
    std::vector<stats::coin_part> parts,
    const unit_windows_params& returning,
    const unit_windows_params& lone
)
    : epoch{std::move(of)},
      partition{std::move(parts)},
      units{epoch, returning},
      alone{epoch, lone} {}

bool unit_collector::epoch_units::is_done(std::size_t outcome) const {
    return ended && units.is_read(outcome) && alone.is_read(outcome);
}

bool unit_collector::epoch_units::is_done() const {
    for (std::size_t i = 0; i < epoch.outcomes.size(); ++i) {
        if (!is_done(i)) {
            return false;
        }
    }
    return true;
}

void unit_collector::epoch_units::cut(time_point when) {
    units.cut(when);
    alone.cut(when);
}

unit_collector::unit_collector(const unit_collector_params& chosen)
    : params_{chosen},
      table_{{.capacity = chosen.units_max, .salt = chosen.salt}},
      admission_{std::make_shared<metrics::unit_admission>(chosen.salt)} {}

void unit_collector::begin(evidence_epoch epoch, const routing::traffic_split& split) {
    if (!epochs_.empty()) {
        epochs_.back().cut(epoch.counts->params().origin);
    }
    unit_windows_params const returning{
        .window = params_.window,
        .tick_length = params_.tick_length,
        .judged_by = params_.judged_by,
        .salt = params_.salt};
    auto lone = returning;
    lone.window = duration::zero();
    lone.tick_units_max = lone_units_max;
    auto parts = partition_of(split, epoch.versions);
    epochs_.emplace_back(std::move(epoch), std::move(parts), returning, lone);
    epochs_.back().number = ++begun_;
}

void unit_collector::finish_before(std::uint64_t number) {
    for (auto& each : epochs_) {
        each.ending = each.ending || each.number < number;
    }
}

void unit_collector::finish_all(time_point when) {
    for (auto& each : epochs_) {
        each.cut(when);
        each.ending = true;
    }
}

void unit_collector::assume_all_met(const routing::traffic_split& split) {
    std::vector<std::uint32_t> begins;
    for (auto const& piece : split.pieces()) {
        begins.push_back(piece.begin);
    }
    table_.assume_all_met(begins);
    has_changed_ = true;
}

std::vector<rollout::unit_tick> unit_collector::read(time_point now) {
    drain();
    std::vector<rollout::unit_tick> ticks;
    auto const outcomes = epochs_.empty() ? 0 : epochs_.front().epoch.outcomes.size();
    for (std::size_t outcome = 0; outcome < outcomes; ++outcome) {
        for (auto& epoch : epochs_) {
            epoch.units.read(outcome, now, ticks);
            epoch.alone.read(outcome, now, ticks);
            // A later epoch's ticks wait until the earlier one's have entered.
            if (!epoch.is_done(outcome)) {
                break;
            }
        }
    }
    while (!epochs_.empty() && epochs_.front().is_done()) {
        epochs_.pop_front();
    }
    return ticks;
}

void unit_collector::drain() {
    table_.follow_at_most(admission_->threshold());
    for (auto& each : epochs_) {
        events_.clear();
        each.epoch.counts->drain_units(events_);
        for (auto const& event : events_) {
            take(each, event);
        }
        each.ended = each.ending;
        if (!each.ended) {
            break;
        }
    }
    admission_->lower_to(table_.threshold());
}

void unit_collector::take(epoch_units& by, const metrics::unit_event& event) {
    if (event.alone && !event.ended) {
        open_alone(by, event);
    } else if (!by.units.tell(event)) {
        if (event.ended) {
            (void)by.alone.tell(event);
        } else {
            meet(by, event);
        }
    }
}

void unit_collector::meet(epoch_units& by, const metrics::unit_event& first) {
    auto const met = table_.meet(first.unit, by.epoch.epoch, by.partition);
    if (!met) {
        return;
    }
    changed_.push_back({first.unit, met->toss.known, by.epoch.epoch});
    if (!met->toss.is_bet || by.units.is_cut_before(first.assigned_at)) {
        return;
    }
    unit_bet bet{first.unit, first.assigned_at, met->toss.arm, {}};
    if (met->before != stats::point_range{}) {
        bet.masses = stats::masses_within(met->before, by.partition, by.epoch.masses.size());
    }
    by.units.open(std::move(bet));
    (void)by.units.tell(first);
}

void unit_collector::open_alone(epoch_units& by, const metrics::unit_event& only) {
    auto const toss = stats::toss_coin({}, by.partition, point_of(only.unit));
    if (toss.is_bet && !by.alone.is_cut_before(only.assigned_at)) {
        by.alone.open({only.unit, only.assigned_at, toss.arm, {}});
        (void)by.alone.tell(only);
    }
}

std::string unit_collector::take_changes() {
    if (changed_.empty() && !has_changed_) {
        return {};
    }
    auto const assumed = table_.assumed();
    unit_changes made{
        .threshold = table_.threshold(),
        .assumed = {assumed.begin(), assumed.end()},
        .open = 0,
        .records = std::exchange(changed_, {})};
    for (auto const& each : epochs_) {
        made.open += each.units.size();
    }
    has_changed_ = false;
    return to_bytes(made);
}

bool unit_collector::restore(const std::vector<std::string>& stored) {
    std::vector<unit_changes> all;
    for (auto const& bytes : stored) {
        auto changes = unit_changes_from_bytes(bytes);
        if (!changes) {
            return false;
        }
        all.push_back(std::move(*changes));
    }
    if (all.empty()) {
        return true;
    }
    stats::unit_table table{{.capacity = params_.units_max, .salt = params_.salt}};
    table.follow_at_most(all.back().threshold);
    table.assume_all_met(all.back().assumed);
    for (auto const& changes : all) {
        for (auto const& each : changes.records) {
            if (!table.restore(each)) {
                return false;
            }
        }
    }
    table_ = std::move(table);
    lost_ = all.back().open;
    return true;
}

}  // namespace millrace::control
