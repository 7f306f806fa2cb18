#include "proxy/control/evidence_collector.hpp"

#include "proxy/control/label_streams.hpp"

#include <algorithm>
#include <utility>

namespace millrace::control {

namespace {

metrics::outcome_event event_of(rollout::outcome_kind kind) {
    switch (kind) {
        case rollout::outcome_kind::failed_within:
        case rollout::outcome_kind::label_wrong:
        case rollout::outcome_kind::reward:
            break;
        case rollout::outcome_kind::failed_or_unfinished:
            return metrics::outcome_event::ended_well;
        case rollout::outcome_kind::not_good_within:
            return metrics::outcome_event::answered_well;
        case rollout::outcome_kind::no_first_byte_within:
            return metrics::outcome_event::first_byte_in_time;
    }
    return metrics::outcome_event::failed;
}

metrics::outcome_rule rule_of(const rollout::outcome& outcome, bool is_primary) {
    if (outcome.kind == rollout::outcome_kind::failed_within) {
        return {metrics::outcome_event::failed, outcome.age};
    }
    return {
        event_of(outcome.kind),
        is_primary ? outcome.primary_threshold : outcome.candidate_threshold};
}

std::uint64_t bad_among(const metrics::rule_counts& counts, rollout::outcome_kind kind) {
    auto const events = std::min(counts.events, counts.assigned);
    return kind == rollout::outcome_kind::failed_within ? events : counts.assigned - events;
}

}  // namespace

metrics::evidence_params evidence_params_for(
    const evidence_epoch& epoch, std::size_t refs, time_point origin, duration shortest
) {
    metrics::evidence_params made{.origin = origin, .tick_lengths = {}, .versions = {}};
    made.versions.resize(refs);
    for (auto const& outcome : epoch.outcomes) {
        made.tick_lengths.push_back(metrics::tick_length_for(outcome.age, shortest));
        for (std::size_t arm = 0; arm < epoch.versions.size(); ++arm) {
            made.versions[epoch.versions[arm]].rules.push_back(rule_of(outcome, arm == 0));
        }
    }
    return made;
}

void evidence_collector::begin(evidence_epoch epoch) {
    auto const outcomes = epoch.outcomes.size();
    epochs_.push_back({std::move(epoch), std::vector<std::uint64_t>(outcomes), std::nullopt});
}

void evidence_collector::finish_before(time_point when) {
    for (std::size_t i = 0; i + 1 < epochs_.size(); ++i) {
        epochs_[i].ended = epochs_[i].ended.value_or(when);
    }
}

void evidence_collector::finish_all(time_point when) {
    for (auto& each : epochs_) {
        each.ended = each.ended.value_or(when);
    }
}

std::vector<rollout::outcome_tick> evidence_collector::read(time_point now) {
    std::vector<rollout::outcome_tick> ticks;
    auto const outcomes = epochs_.empty() ? 0 : epochs_.front().epoch.outcomes.size();
    for (std::size_t outcome = 0; outcome < outcomes; ++outcome) {
        for (auto& epoch : epochs_) {
            read_outcome(epoch, outcome, now, ticks);
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

bool evidence_collector::reader::is_done(std::size_t outcome) const {
    auto const& counts = *epoch.counts;
    return ended && (next[outcome] == 0 ? counts.params().origin
                                        : counts.end_of(outcome, next[outcome] - 1)) > *ended;
}

bool evidence_collector::reader::is_done() const {
    for (std::size_t i = 0; i < next.size(); ++i) {
        if (!is_done(i)) {
            return false;
        }
    }
    return true;
}

void evidence_collector::read_outcome(
    reader& from, std::size_t outcome, time_point now, std::vector<rollout::outcome_tick>& out
) {
    auto const wait = from.epoch.outcomes[outcome].age + note_time;
    auto& next = from.next[outcome];
    while (!from.is_done(outcome) && from.epoch.counts->end_of(outcome, next) + wait <= now) {
        auto const& asked = from.epoch.outcomes[outcome];
        if (rollout::is_counted(asked) && !is_fed_by_labels(asked)) {
            if (auto seen = tick_of(from, outcome, next)) {
                out.push_back(std::move(*seen));
                auto const due = from.epoch.counts->end_of(outcome, next) + wait;
                newest_due_ = std::max(newest_due_.value_or(due), due);
            }
        }
        ++next;
    }
}

std::optional<rollout::outcome_tick> evidence_collector::tick_of(
    const reader& from, std::size_t outcome, std::uint64_t tick
) {
    auto const& epoch = from.epoch;
    rollout::outcome_tick seen{
        .outcome = static_cast<std::uint16_t>(outcome),
        .epoch = epoch.epoch,
        .tick = tick,
        .masses = epoch.masses,
        .counts = {}};
    std::uint64_t assigned = 0;
    for (auto const version : epoch.versions) {
        auto const counts = epoch.counts->counts(outcome, tick, version);
        if (!counts) {
            ++ticks_lost_;
            return std::nullopt;
        }
        assigned += counts->assigned;
        seen.counts.push_back({counts->assigned, bad_among(*counts, epoch.outcomes[outcome].kind)});
    }
    return assigned == 0 ? std::nullopt : std::optional{std::move(seen)};
}

}  // namespace millrace::control
