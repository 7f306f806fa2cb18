#include "proxy/control/unit_windows.hpp"

#include "proxy/stats/unit_table.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace millrace::control {

namespace {

/// What the workers' event says, of a kind that counts good ones where it is not failed_within.
bool is_bad(rollout::outcome_kind kind, bool happened) {
    return (kind == rollout::outcome_kind::failed_within) == happened;
}

/// False of what is not seen in a request itself, or is not asked of units.
bool is_told(const rollout::outcome& asked) {
    using rollout::outcome_kind;
    bool const of_requests = asked.kind == outcome_kind::failed_within ||
                             asked.kind == outcome_kind::failed_or_unfinished ||
                             asked.kind == outcome_kind::not_good_within ||
                             asked.kind == outcome_kind::no_first_byte_within;
    return of_requests && asked.per_unit && rollout::is_in_force(asked);
}

}  // namespace

unit_windows::unit_windows(const evidence_epoch& epoch, const unit_windows_params& chosen)
    : epoch_{epoch}, params_{chosen}, next_(epoch.outcomes.size()) {}

void unit_windows::open(unit_bet bet) {
    auto const since = std::max(duration::zero(), bet.opened - epoch_.counts->params().origin);
    auto& tick = ticks_[static_cast<std::uint64_t>(since / params_.tick_length)];
    if (second_hash_of(bet) > tick.threshold) {
        return;
    }
    places_[bet.unit] = {&tick, tick.bets.size()};
    tick.bets.push_back(std::move(bet));
    tick.tallies.resize(tick.bets.size() * epoch_.outcomes.size());
    ++tick.kept;
    if (params_.tick_units_max != 0) {
        thin(tick);
    }
}

bool unit_windows::tell(const metrics::unit_event& of) {
    auto const found = places_.find(of.unit);
    if (found == places_.end()) {
        return false;
    }
    auto const [tick, index] = found->second;
    auto const outcomes = epoch_.outcomes.size();
    for (std::size_t i = 0; i < outcomes; ++i) {
        if (!covers(tick->bets[index], i, of.assigned_at)) {
            continue;
        }
        auto& seen = tick->tallies[index * outcomes + i];
        if (of.ended) {
            bool const happened = (of.outcomes >> i & 1U) != 0;
            seen.ended.add(
                is_bad(epoch_.outcomes[i].kind, happened),
                stats::second_hash(of.unit + seen.ended.requests, params_.salt)
            );
        } else {
            ++seen.begun;
        }
    }
    return true;
}

void unit_windows::cut(time_point when) {
    cut_ = cut_.value_or(when);
}

void unit_windows::read(std::size_t outcome, time_point now, std::vector<rollout::unit_tick>& out) {
    auto& next = next_[outcome];
    bool const enters = is_told(epoch_.outcomes[outcome]);
    for (auto tick = ticks_.lower_bound(next);
         tick != ticks_.end() && time_of(tick->first, outcome) <= now;
         ++tick) {
        if (enters && tick->second.kept != 0) {
            out.push_back(tick_of(tick->first, tick->second, outcome));
        }
        next = tick->first + 1;
    }
    forget_read_ticks();
}

bool unit_windows::is_read(std::size_t outcome) const {
    return ticks_.lower_bound(next_[outcome]) == ticks_.end();
}

std::uint64_t unit_windows::second_hash_of(const unit_bet& bet) const {
    return stats::second_hash(bet.unit, params_.salt);
}

duration unit_windows::window_of(std::size_t outcome) const {
    auto const& asked = epoch_.outcomes[outcome];
    return asked.kind == rollout::outcome_kind::failed_within
               ? std::min<duration>(params_.window, asked.age)
               : params_.window;
}

bool unit_windows::covers(const unit_bet& bet, std::size_t outcome, time_point when) const {
    return when <= bet.opened + window_of(outcome) && !is_cut_before(when);
}

/// When everything about a tick's units is known, as far as it is going to be.
time_point unit_windows::time_of(std::uint64_t tick, std::size_t outcome) const {
    auto const ended =
        epoch_.counts->params().origin + params_.tick_length * static_cast<std::int64_t>(tick + 1);
    auto const closed = ended + window_of(outcome);
    return std::min(closed, cut_.value_or(closed)) + epoch_.outcomes[outcome].age + note_time;
}

rollout::unit_tick unit_windows::tick_of(
    std::uint64_t number, const tick_units& units, std::size_t outcome
) const {
    rollout::unit_tick made{
        .outcome = static_cast<std::uint16_t>(outcome),
        .epoch = epoch_.epoch,
        .tick = number,
        .masses = epoch_.masses,
        .units = {}};
    for (auto const index : order_of(units)) {
        auto const& bet = units.bets[index];
        made.units.push_back({bet.arm, badness(units, index, outcome), bet.masses});
    }
    return made;
}

/// Those of one coin together, then by time. Of two that came at once the second hash decides: the
/// hash itself tells the version.
std::vector<std::size_t> unit_windows::order_of(const tick_units& units) const {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < units.bets.size(); ++i) {
        if (second_hash_of(units.bets[i]) <= units.threshold) {
            order.push_back(i);
        }
    }
    std::sort(order.begin(), order.end(), [this, &units](std::size_t a, std::size_t b) {
        auto const& one = units.bets[a];
        auto const& other = units.bets[b];
        auto const second = std::pair{second_hash_of(one), second_hash_of(other)};
        return std::tie(one.masses, one.opened, second.first) <
               std::tie(other.masses, other.opened, second.second);
    });
    return order;
}

double unit_windows::badness(const tick_units& in, std::size_t unit, std::size_t outcome) const {
    auto const& seen = in.tallies[unit * epoch_.outcomes.size() + outcome];
    auto whole = seen.ended;
    // What has not ended by now is what nothing happened to.
    bool const bad = is_bad(epoch_.outcomes[outcome].kind, false);
    while (whole.requests < seen.begun) {
        whole.add(bad, stats::second_hash(in.bets[unit].unit + whole.requests, params_.salt));
    }
    return whole.badness(params_.judged_by);
}

void unit_windows::thin(tick_units& all) const {
    while (all.kept > params_.tick_units_max) {
        all.threshold /= 2;
        all.kept = static_cast<std::size_t>(std::count_if(
            all.bets.begin(),
            all.bets.end(),
            [this, &all](const auto& bet) { return second_hash_of(bet) <= all.threshold; }
        ));
    }
}

void unit_windows::forget_read_ticks() {
    auto const read_by_all = *std::min_element(next_.begin(), next_.end());
    while (!ticks_.empty() && ticks_.begin()->first < read_by_all) {
        for (auto const& bet : ticks_.begin()->second.bets) {
            places_.erase(bet.unit);
        }
        ticks_.erase(ticks_.begin());
    }
}

}  // namespace millrace::control
