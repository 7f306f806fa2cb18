#include "proxy/control/rollout_runner.hpp"

#include "proxy/base/log.hpp"
#include "proxy/control/label_streams.hpp"
#include "proxy/control/rollout_weights.hpp"
#include "proxy/rollout/archive.hpp"
#include "proxy/rollout/marked.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace millrace::control {

namespace {

using rollout::command;
using rollout::milliseconds;

// Fewer answers do not tell a quantile well enough to judge by it.
constexpr std::uint64_t baseline_answers_min = 5'000;
constexpr std::chrono::seconds look_interval{1};
// A quarter of an hour of a disk that does not answer.
constexpr std::size_t inputs_held_max = 3'600;

std::optional<unit_collector> make_unit_collector(
    const rollout::params& chosen, journal::rollout_id rollout, duration pace
) {
    if (!chosen.unit_outcome) {
        return std::nullopt;
    }
    return unit_collector{
        {.units_max = chosen.units_max,
         .salt = static_cast<std::uint64_t>(rollout.value),
         .window = chosen.unit_window,
         .judged_by = *chosen.unit_outcome,
         .tick_length = pace}};
}

bool is_quantile(const rollout::guardrail_params& guardrail) {
    return guardrail.kind == rollout::metric_kind::latency ||
           guardrail.kind == rollout::metric_kind::first_byte;
}

/// How long it took from evidence that could be acted on to weights that every worker has.
void tell_reaction(const std::string& route, duration took) {
    log::info(
        "rollout of route '{}': weights in force {} ms after the evidence was complete",
        route,
        std::chrono::duration_cast<milliseconds>(took).count()
    );
}

/// Everything but what stops a rollout waits until the proposal is settled.
bool is_urgent(const given_command& each) {
    return each.what == command::rollback || each.what == command::pause;
}

}  // namespace

milliseconds age_limit(milliseconds total_timeout) {
    return total_timeout.count() == 0 ? milliseconds{60'000} : total_timeout;
}

rollout_runner::rollout_runner(rollout_setup setup, journal::rollout_id rollout, parts with)
    : setup_{std::move(setup)},
      rollout_{rollout},
      with_{std::move(with)},
      experiment_{
          setup_.params,
          age_limit(setup_.total_timeout),
          rollout::experiment::commitment::when_recorded},
      evidence_{experiment_.evidence()},
      units_{make_unit_collector(setup_.params, rollout_, with_.pace)},
      baselines_(setup_.params.guardrails.size()),
      start_{{.resumed = false, .missing = {}, .memory = experiment_.remembered()}} {}

rollout_runner::~rollout_runner() {
    *alive_ = false;
    if (with_.labels != nullptr) {
        with_.labels->end(setup_.route, rollout_);
    }
}

bool rollout_runner::resume(const kept_rollout& kept) {
    auto memory = rollout::memory_from_bytes(kept.memory, experiment_);
    if (!memory || (units_ && !units_->restore(kept.units))) {
        return false;
    }
    is_fresh_ = memory->state.phase == rollout::phase::initializing;
    bool const had_ended = memory->state.ended();
    rollout::take_out_marked(memory->state, setup_.params.candidates, kept.marked);
    experiment_.restore(std::move(*memory));
    evidence_ = experiment_.evidence();
    log::info(
        "rollout of route '{}': goes on; evidence of up to {} ms since the last commit is missing",
        setup_.route,
        kept.missing.count()
    );
    start_ = {.resumed = true, .missing = kept.missing, .memory = experiment_.remembered()};
    earlier_ = std::make_shared<const std::vector<std::string>>(kept.decisions);
    resumed_at_ = kept.at;
    now_ = kept.at;
    // After its end the weights are anybody's, unless the end itself never took effect.
    if ((!had_ended || kept.proposed) && experiment_.now().phase != rollout::phase::initializing) {
        put_in_force();
    }
    return true;
}

std::optional<rollout_runner::arms> rollout_runner::find_arms(const routing::route_state& of
) const {
    arms found;
    auto names = setup_.params.candidates;
    names.insert(names.begin(), setup_.params.primary);
    for (auto const& name : names) {
        auto const ref = std::find_if(of.refs.begin(), of.refs.end(), [&name](const auto& each) {
            return each.backend == name;
        });
        if (ref == of.refs.end()) {
            return std::nullopt;
        }
        found.push_back(static_cast<std::size_t>(ref - of.refs.begin()));
    }
    return found;
}

void rollout_runner::give(given_command command) {
    commands_.push_back(std::move(command));
}

std::vector<given_command> rollout_runner::take_commands() {
    auto const first_later =
        std::stable_partition(commands_.begin(), commands_.end(), [this](const auto& each) {
            return !experiment_.has_proposal() || is_urgent(each);
        });
    std::vector<given_command> taken{commands_.begin(), first_later};
    commands_.erase(commands_.begin(), first_later);
    return taken;
}

void rollout_runner::tick(time_point now) {
    if (!began_) {
        began_ = now;
    }
    watch_weights(now);
    // Rising with each input, so that a decision's time tells which one it came of.
    auto const since_start = std::chrono::duration_cast<milliseconds>(now - *began_);
    now_ = std::max(now_ + milliseconds{1}, resumed_at_ + since_start);
    auto const commands = take_commands();
    rollout::input told{
        .now = now_,
        .ticks = collector_.read(now),
        .units = units_ ? units_->read(now) : std::vector<rollout::unit_tick>{},
        .commands = {},
        .epoch = std::exchange(epoch_in_force_, std::nullopt),
        .committed = std::exchange(committed_, std::nullopt),
        .readings = changed_readings(now),
        .to_confirm = with_.hooks != nullptr ? with_.hooks->to_confirm(setup_.route)
                                             : rollout::checkpoints{}};
    for (auto const& each : commands) {
        told.commands.push_back(each.what);
    }
    read_labels(told);
    auto came = experiment_.advance(told);
    keep_input(std::move(told));
    announcer_.settle(came, experiment_.has_proposal());
    act_on(std::move(came), commands);
    follow_confirmation();
    commit_sometimes(now);
}

std::vector<rollout::metric_reading> rollout_runner::changed_readings(time_point now) {
    if (with_.metrics == nullptr || ended() || rollout::watched_metrics(setup_.params).empty()) {
        return {};
    }
    auto newest = with_.metrics->readings(setup_.route, setup_.params, now_, now);
    if (newest == readings_) {
        return {};
    }
    readings_ = newest;
    return newest;
}

void rollout_runner::keep_input(rollout::input told) {
    if (with_.journal == nullptr) {
        return;
    }
    if (inputs_.size() >= inputs_held_max) {
        inputs_lost_ += inputs_.size();
        inputs_.clear();
    }
    inputs_.push_back(std::move(told));
}

void rollout_runner::watch_weights(time_point now) {
    if (!published_ || ended() || now - last_look_ < look_interval) {
        return;
    }
    last_look_ = now;
    auto const running = with_.weights.state_of(setup_.route);
    if (!running) {
        return;
    }
    bool const ours = is_ours(*running);
    if (!ours && units_) {
        units_->assume_all_met(running->split);
    }
    if (!ours && !displaced_) {
        displaced_ = true;
        collector_.finish_all(now);
        if (units_) {
            units_->finish_all(now);
        }
        if (with_.labels != nullptr) {
            with_.labels->finish_all(setup_.route);
        }
        log::warning("rollout of route '{}': other weights were put in force", setup_.route);
    }
    if (displaced_ && !paused()) {
        put_in_force();
    } else if (ours && waits_for_baseline()) {
        begin_epoch(*running);
    }
}

bool rollout_runner::is_ours(const routing::route_state& running) const {
    return published_ && running.epoch == published_->epoch && running.refs == published_->refs;
}

void rollout_runner::act_on(rollout::output came, const std::vector<given_command>& commands) {
    if (came.proposed) {
        propose(came, commands);
    } else {
        auto made = records_of(came, commands, experiment_.now());
        announcer_.announce(made);
        remember(std::move(made));
    }
    if (came.shares_changed) {
        due_ = came.decisions.empty() ? due_ : collector_.newest_due();
        put_in_force();
    }
    // New shares begin a step, whose evidence is none yet.
    evidence_ = came.shares_changed ? experiment_.evidence() : std::move(came.evidence);
}

void rollout_runner::propose(
    const rollout::output& came, const std::vector<given_command>& commands
) {
    due_ = collector_.newest_due();
    auto what_if = *experiment_.proposal();
    auto const made = records_of(came, commands, what_if.state);
    announcer_.hold(made);
    to_commit_.insert(to_commit_.end(), made.begin(), made.end());
    auto what = commit_of(std::move(what_if));
    what.proposal = true;
    auto const number = ++proposals_;
    commit(std::move(what), [this, made, number](const std::string& error) {
        settle(made, number, error);
    });
}

/// What was decided holds, and is told, once it is on disk.
void rollout_runner::settle(
    const std::vector<decision_record>& made, std::uint64_t number, const std::string& error
) {
    // The answer to one that something overtook says nothing about the next one.
    bool const waits = number == proposals_ && experiment_.has_proposal();
    if (waits) {
        committed_ = error.empty();
    }
    if (error.empty()) {
        trouble_.clear();
        for (std::size_t i = 0; waits && i < made.size(); ++i) {
            show(made[i]);
        }
        return;
    }
    auto trouble =
        fmt::format("a decision cannot be recorded, so nothing gets more weight: {}", error);
    if (trouble != trouble_) {
        trouble_ = std::move(trouble);
        log::error("rollout of route '{}': {}", setup_.route, trouble_);
    }
}

void rollout_runner::follow_confirmation() {
    desk_.follow(
        experiment_.now(),
        experiment_.has_proposal(),
        [this] { return view(); },
        [this](std::string who) {
            give({command::confirm, std::move(who), {}});
        }
    );
}

void rollout_runner::put_in_force() {
    auto const running = with_.weights.state_of(setup_.route);
    if (!running) {
        trouble_ = "the route is gone";
        return;
    }
    auto const found = find_arms(*running);
    if (!found) {
        trouble_ = "a version of the rollout is not among the route's backend_refs any more";
        return;
    }
    auto const from = state_to_leave(*running, *found);
    auto const weights = weights_for(from, *found, experiment_.now());
    auto const next = routing::with_weights(from, weights);
    begin_epoch(next);
    weights_to_commit_ = next;
    mark_taken_out(next.epoch);
    commit(commit_of(experiment_.remembered()), [](const std::string& error) {
        if (!error.empty()) {
            log::error("weights in force cannot be recorded: {}", error);
        }
    });
}

/// What the next weights start from: on a sticky route the running ones, but a rollout's first part
/// is cut anew, so that the candidate does not start with the clients that it had. Under weights
/// that were not this rollout's nobody told who came: everybody counts as met.
routing::route_state rollout_runner::state_to_leave(
    const routing::route_state& running, const arms& found
) {
    bool const is_first = std::exchange(is_fresh_, false);
    if (!units_) {
        return running;
    }
    bool const has_history = is_first && has_candidate_units(running, found);
    if (has_history || (published_ && !is_ours(running))) {
        units_->assume_all_met(running.split);
    }
    return has_history ? without_candidates(running, found, experiment_.now()) : running;
}

void rollout_runner::mark_taken_out(std::uint32_t epoch) {
    auto const& candidates = experiment_.now().candidates;
    for (std::size_t i = 0; with_.journal != nullptr && i < candidates.size(); ++i) {
        if (candidates[i].out) {
            with_.journal->mark_rollback(
                {setup_.route, rollout_, setup_.params.candidates[i], epoch}
            );
        }
    }
}

void rollout_runner::begin_epoch(const routing::route_state& next) {
    auto const found = find_arms(next);
    if (!found) {
        return;
    }
    published_ = next;
    displaced_ = false;
    auto const in_force = [this,
                           post = with_.on_driver,
                           alive = std::weak_ptr<bool>{alive_},
                           epoch = next.epoch,
                           route = setup_.route,
                           due = std::exchange(due_, std::nullopt),
                           of_units = units_ ? units_->begun() + 1 : 0] {
        if (due) {
            tell_reaction(route, clock::now() - *due);
        }
        post([this, alive, epoch, of_units] {
            if (alive.lock()) {
                epoch_in_force_ = epoch;
                finish_before(of_units);
            }
        });
    };
    if (ended()) {
        with_.weights.publish(next, nullptr, in_force);
        if (with_.labels != nullptr) {
            with_.labels->end(setup_.route, rollout_);
        }
        return;
    }
    learn_baselines();
    evidence_epoch epoch{
        .epoch = next.epoch,
        .outcomes = rollout::with_baselines(experiment_.planned(), setup_.params, baselines_),
        .versions = *found,
        .masses = {},
        .counts = nullptr};
    auto const masses = next.split.masses();
    for (auto const version : *found) {
        epoch.masses.push_back(masses[version]);
    }
    auto counted = evidence_params_for(epoch, next.refs.size(), clock::now(), with_.pace);
    counted.units = units_ ? units_->admission() : nullptr;
    epoch.counts =
        std::make_shared<metrics::route_evidence>(std::move(counted), with_.weights.workers());
    auto const counts = epoch.counts;
    if (units_) {
        units_->begin(epoch, next.split);
    }
    collector_.begin(std::move(epoch));
    begin_labels(next, *found);
    with_.weights.publish(next, counts, in_force);
}

/// No worker assigns by earlier weights any more.
/// @param of_units  the number of the newest epoch in units_
void rollout_runner::finish_before(std::uint64_t of_units) {
    collector_.finish_before(clock::now());
    if (units_) {
        units_->finish_before(of_units);
    }
    if (with_.labels != nullptr) {
        with_.labels->finish_before(setup_.route);
    }
}

void rollout_runner::begin_labels(const routing::route_state& next, const arms& of) {
    auto streams = label_streams_of(experiment_.planned(), setup_.params);
    if (with_.labels == nullptr || streams.empty()) {
        return;
    }
    label_epoch epoch{
        .rollout = rollout_,
        .epoch = next.epoch,
        .versions = {},
        .masses = {},
        .streams = std::move(streams)};
    auto const masses = next.split.masses();
    for (auto const version : of) {
        epoch.versions.push_back(next.refs[version].backend);
        epoch.masses.push_back(masses[version]);
    }
    with_.labels->begin(setup_.route, std::move(epoch));
}

void rollout_runner::read_labels(rollout::input& told) {
    if (with_.labels == nullptr || ended()) {
        return;
    }
    auto labelled = with_.labels->read(setup_.route);
    std::move(labelled.ticks.begin(), labelled.ticks.end(), std::back_inserter(told.ticks));
    std::move(labelled.units.begin(), labelled.units.end(), std::back_inserter(told.units));
}

/// True when a quantile has no threshold yet and the primary answered often enough by now.
bool rollout_runner::waits_for_baseline() const {
    auto const& guardrails = setup_.params.guardrails;
    bool waits = false;
    for (std::size_t i = 0; i < guardrails.size(); ++i) {
        waits = waits || (is_quantile(guardrails[i]) && !baselines_[i].quantile);
    }
    if (!waits) {
        return false;
    }
    auto const totals = with_.weights.totals(setup_.route, setup_.params.primary);
    return (totals.latency - latency_before_).total() >= baseline_answers_min;
}

void rollout_runner::learn_baselines() {
    auto const totals = with_.weights.totals(setup_.route, setup_.params.primary);
    auto const latency = totals.latency - latency_before_;
    auto const first_byte = totals.first_byte - first_byte_before_;
    for (std::size_t i = 0; i < baselines_.size(); ++i) {
        auto const& guardrail = setup_.params.guardrails[i];
        auto const& seen = guardrail.kind == rollout::metric_kind::latency ? latency : first_byte;
        if (is_quantile(guardrail) && seen.total() >= baseline_answers_min) {
            baselines_[i].quantile =
                std::chrono::ceil<rollout::microseconds>(*seen.quantile(guardrail.quantile));
        }
    }
    // Too little to learn from is kept for the next time.
    if (latency.total() >= baseline_answers_min) {
        latency_before_ = totals.latency;
        first_byte_before_ = totals.first_byte;
    }
}

std::shared_ptr<const rollout_view> rollout_runner::view() const {
    return std::make_shared<const rollout_view>(rollout_view{
        .setup = setup_,
        .rollout = rollout_,
        .state = experiment_.now(),
        .evidence = evidence_,
        .decisions = {recent_.begin(), recent_.end()},
        .earlier = earlier_,
        .trouble = trouble_,
        .ticks_lost = collector_.ticks_lost(),
        .units_known = units_ ? units_->size() : 0,
        .units_lost = units_ ? units_->lost() : 0,
        .waiting_for = desk_.waits_for()});
}

}  // namespace millrace::control
