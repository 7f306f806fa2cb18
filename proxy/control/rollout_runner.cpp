#include "proxy/control/rollout_runner.hpp"

#include "proxy/base/log.hpp"
#include "proxy/control/rollout_weights.hpp"
#include "proxy/rollout/archive.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace millrace::control {

namespace {

using rollout::command;
using rollout::milliseconds;

// Fewer answers do not tell a quantile well enough to judge by it.
constexpr std::uint64_t baseline_answers_min = 5'000;
constexpr std::size_t decisions_shown = 50;
constexpr std::chrono::seconds commit_interval{1};

/// Without a total timeout a request is looked at for this long.
milliseconds age_limit(milliseconds total_timeout) {
    return total_timeout.count() == 0 ? milliseconds{60'000} : total_timeout;
}

stats::histogram_counts since(
    const stats::histogram_counts& now, const stats::histogram_counts& then
) {
    stats::histogram_counts difference;
    std::transform(
        now.buckets.begin(),
        now.buckets.end(),
        then.buckets.begin(),
        difference.buckets.begin(),
        std::minus<>{}
    );
    return difference;
}

bool is_quantile(const rollout::guardrail_params& guardrail) {
    return guardrail.kind == rollout::metric_kind::latency ||
           guardrail.kind == rollout::metric_kind::first_byte;
}

/// What clients saw being rolled back stays so, though the commit of it is missing.
void take_out_marked(
    rollout::state& of,
    const std::vector<std::string>& candidates,
    const std::vector<std::string>& marked
) {
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        if (std::count(marked.begin(), marked.end(), candidates[i]) != 0) {
            of.candidates[i] = {.share = 0, .out = true, .why_out = "rolled back"};
        }
    }
    auto const& all = of.candidates;
    if (std::all_of(all.begin(), all.end(), [](const auto& each) { return each.out; })) {
        of.phase = rollout::phase::failed;
        of.verdict = rollout::verdict::failed;
    }
}

/// Everything but what stops a rollout waits until the proposal is settled.
bool is_urgent(const given_command& each) {
    return each.what == command::rollback || each.what == command::pause;
}

}  // namespace

rollout_runner::rollout_runner(rollout_setup setup, journal::rollout_id rollout, parts with)
    : setup_{std::move(setup)},
      rollout_{rollout},
      with_{std::move(with)},
      experiment_{
          setup_.params,
          age_limit(setup_.total_timeout),
          rollout::experiment::commitment::when_recorded},
      baselines_(setup_.params.guardrails.size()) {}

rollout_runner::~rollout_runner() {
    *alive_ = false;
}

bool rollout_runner::resume(const kept_rollout& kept) {
    auto memory = rollout::memory_from_bytes(kept.memory, experiment_);
    if (!memory) {
        return false;
    }
    bool const had_ended = memory->state.ended();
    take_out_marked(memory->state, setup_.params.candidates, kept.marked);
    experiment_.restore(std::move(*memory));
    resumed_at_ = kept.at;
    // After its end the weights are anybody's.
    if (!had_ended && experiment_.now().phase != rollout::phase::initializing) {
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
            return !proposing_ || is_urgent(each);
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
    now_ = resumed_at_ + std::chrono::duration_cast<milliseconds>(now - *began_);
    auto const commands = take_commands();
    rollout::input told{
        .now = now_,
        .ticks = collector_.read(now),
        .commands = {},
        .epoch = std::exchange(epoch_in_force_, std::nullopt),
        .committed = std::exchange(committed_, std::nullopt)};
    for (auto const& each : commands) {
        told.commands.push_back(each.what);
    }
    auto const came = experiment_.advance(told);
    if (with_.journal != nullptr) {
        inputs_.push_back(std::move(told));
    }
    act_on(came, commands);
    commit_sometimes(now);
}

void rollout_runner::watch_weights(time_point now) {
    if (!published_ || ended() || now - last_look_ < commit_interval) {
        return;
    }
    last_look_ = now;
    auto const running = with_.weights.state_of(setup_.route);
    if (!running) {
        return;
    }
    bool const is_ours = running->epoch == published_->epoch && running->refs == published_->refs;
    if (!is_ours && !displaced_) {
        displaced_ = true;
        collector_.finish_all(now);
        log::warning("rollout of route '{}': other weights were put in force", setup_.route);
    }
    if (displaced_ && !paused()) {
        put_in_force();
    } else if (is_ours && waits_for_baseline()) {
        begin_epoch(*running);
    }
}

void rollout_runner::act_on(
    const rollout::output& came, const std::vector<given_command>& commands
) {
    if (came.proposed) {
        propose(came, commands);
        return;
    }
    proposing_ = experiment_.proposal().has_value();
    remember(records_of(came, commands, experiment_.now()));
    if (!came.shares_changed) {
        return;
    }
    put_in_force();
}

void rollout_runner::propose(
    const rollout::output& came, const std::vector<given_command>& commands
) {
    proposing_ = true;
    auto memory = *experiment_.proposal();
    remember(records_of(came, commands, memory.state));
    commit(std::move(memory), [this](const std::string& error) {
        if (!error.empty()) {
            trouble_ = fmt::format(
                "a decision cannot be recorded, so nothing gets more weight: {}", error
            );
            log::error("rollout of route '{}': {}", setup_.route, trouble_);
        } else {
            trouble_.clear();
        }
        committed_ = error.empty();
    });
}

std::vector<decision_record> rollout_runner::records_of(
    const rollout::output& came,
    const std::vector<given_command>& commands,
    const rollout::state& after
) const {
    std::vector<decision_record> made;
    std::size_t command = 0;
    for (auto const& each : came.decisions) {
        decision_record record{
            .route = setup_.route,
            .rollout = rollout_,
            .time = log::wall_clock_text(),
            .at = now_,
            .decision = each,
            .who = {},
            .why = {},
            .evidence = came.evidence,
            .before = came.before,
            .after = after};
        if (each.why == rollout::reason::commanded && command < commands.size()) {
            record.who = commands[command].who;
            record.why = commands[command].why;
            ++command;
        }
        made.push_back(std::move(record));
    }
    return made;
}

void rollout_runner::remember(std::vector<decision_record> made) {
    for (auto& each : made) {
        log::info(
            "rollout of route '{}': {}{}{}",
            setup_.route,
            rollout::name_of(each.decision.why),
            each.decision.detail.empty() ? "" : ": ",
            each.decision.detail
        );
        to_commit_.push_back(each);
        recent_.push_back(std::move(each));
        if (recent_.size() > decisions_shown) {
            recent_.pop_front();
        }
    }
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
    auto const weights = weights_for(*running, *found, experiment_.now());
    auto const next = routing::with_weights(*running, weights);
    begin_epoch(next);
    weights_to_commit_ = next;
    mark_taken_out(next.epoch);
    commit(experiment_.remembered(), [](const std::string& error) {
        if (!error.empty()) {
            log::error("weights in force cannot be recorded: {}", error);
        }
    });
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
    auto const in_force =
        [this, post = with_.on_driver, alive = std::weak_ptr<bool>{alive_}, epoch = next.epoch] {
            post([this, alive, epoch] {
                if (alive.lock()) {
                    epoch_in_force_ = epoch;
                    collector_.finish_before(clock::now());
                }
            });
        };
    if (ended()) {
        with_.weights.publish(next, nullptr, in_force);
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
    epoch.counts = std::make_shared<metrics::route_evidence>(
        evidence_params_for(epoch, next.refs.size(), clock::now(), with_.pace),
        with_.weights.workers()
    );
    auto const counts = epoch.counts;
    collector_.begin(std::move(epoch));
    with_.weights.publish(next, counts, in_force);
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
    return since(totals.latency, latency_before_).total() >= baseline_answers_min;
}

void rollout_runner::learn_baselines() {
    auto const totals = with_.weights.totals(setup_.route, setup_.params.primary);
    auto const latency = since(totals.latency, latency_before_);
    auto const first_byte = since(totals.first_byte, first_byte_before_);
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

void rollout_runner::commit(
    rollout::experiment::memory memory, std::function<void(std::string)> done
) {
    if (with_.journal == nullptr) {
        to_commit_.clear();
        weights_to_commit_.reset();
        done({});
        return;
    }
    commit_pending_ = true;
    rollout_commit what{
        .route = setup_.route,
        .rollout = rollout_,
        .at = now_,
        .config_hash = setup_.config_hash,
        .params = setup_.params,
        .memory = std::move(memory),
        .inputs = std::exchange(inputs_, {}),
        .decisions = std::exchange(to_commit_, {}),
        .weights = std::exchange(weights_to_commit_, std::nullopt)};
    with_.journal->commit(std::move(what), later(std::move(done)));
}

std::function<void(std::string)> rollout_runner::later(std::function<void(std::string)> then) {
    return [this,
            post = with_.on_driver,
            alive = std::weak_ptr<bool>{alive_},
            then = std::move(then)](const std::string& error) {
        post([this, alive, then, error] {
            if (alive.lock()) {
                commit_pending_ = false;
                then(error);
            }
        });
    };
}

void rollout_runner::commit_sometimes(time_point now) {
    if (with_.journal == nullptr || commit_pending_ || now - last_commit_ < commit_interval ||
        proposing_ || inputs_.empty()) {
        return;
    }
    last_commit_ = now;
    commit(experiment_.remembered(), [this](const std::string& error) {
        if (!error.empty() && trouble_ != error) {
            log::error(
                "rollout of route '{}': evidence cannot be recorded: {}", setup_.route, error
            );
        }
        trouble_ = error;
    });
}

std::shared_ptr<const rollout_view> rollout_runner::view() const {
    return std::make_shared<const rollout_view>(rollout_view{
        .setup = setup_,
        .rollout = rollout_,
        .state = experiment_.now(),
        .evidence = experiment_.evidence(),
        .decisions = {recent_.begin(), recent_.end()},
        .trouble = trouble_,
        .ticks_lost = collector_.ticks_lost()});
}

}  // namespace millrace::control
