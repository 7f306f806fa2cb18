#include "proxy/rollout/experiment.hpp"

#include "proxy/base/assert.hpp"
#include "proxy/rollout/breach_watch.hpp"

#include <utility>

namespace millrace::rollout {

namespace {

// Until the new weights are in force, everything that comes in is of the step before.
constexpr std::uint32_t not_yet = UINT32_MAX;

bool have_equal_shares(const state& a, const state& b) {
    for (std::size_t i = 0; i < a.candidates.size(); ++i) {
        if (a.candidates[i].share != b.candidates[i].share) {
            return false;
        }
    }
    return true;
}

void begin_step_of(experiment::memory& all, const plan& with) {
    all.step_epoch = not_yet;
    for (auto& each : all.trials) {
        begin_step(each, with);
    }
}

}  // namespace

experiment::experiment(rollout::params chosen, milliseconds total_timeout, commitment commits)
    : params_{std::move(chosen)},
      plan_{make_plan(params_, total_timeout)},
      thresholds_{thresholds_of(params_, plan_)},
      commitment_{commits} {
    memory_.state = begin(params_);
    memory_.trials.assign(params_.candidates.size(), begin_trial(plan_));
    memory_.step_epoch = not_yet;
    if (plan_.route_guard) {
        memory_.route = plan_.route_guard->test.start();
    }
}

void experiment::restore(memory seen) {
    MILLRACE_ASSERT(seen.trials.size() == params_.candidates.size());
    MILLRACE_ASSERT(seen.state.candidates.size() == params_.candidates.size());
    memory_ = std::move(seen);
}

output experiment::advance(const input& told) {
    if (told.epoch) {
        memory_.step_epoch = *told.epoch;
    }
    if (!told.readings.empty()) {
        memory_.readings = told.readings;
    }
    enter_evidence(told);
    output made{.decisions = {}, .evidence = evidence(), .before = memory_.state};
    auto stepped =
        step(params_, memory_.state, made.evidence, told.commands, told.now, told.to_confirm);
    bool const more =
        commitment_ == commitment::when_recorded && gives_more(memory_.state, stepped.state);
    // Whatever else is decided meanwhile, above all a rollback, overtakes the proposal.
    if (!more && !stepped.decisions.empty()) {
        proposed_.reset();
    }
    if (proposed_ && told.committed) {
        settle_proposal(*told.committed, made);
    } else if (!more) {
        take(std::move(stepped), made);
    } else if (!proposed_) {
        made.proposed = true;
        made.decisions = std::move(stepped.decisions);
        proposed_ = std::move(stepped.state);
    }
    return made;
}

void experiment::take(step_result stepped, output& made) {
    made.shares_changed = !have_equal_shares(memory_.state, stepped.state);
    made.decisions = std::move(stepped.decisions);
    memory_.state = std::move(stepped.state);
    if (made.shares_changed) {
        begin_step_of(memory_, plan_);
    }
}

void experiment::settle_proposal(bool committed, output& made) {
    if (committed) {
        memory_ = *proposal();
        made.shares_changed = true;
    }
    proposed_.reset();
}

std::optional<experiment::memory> experiment::proposal() const {
    if (!proposed_) {
        return std::nullopt;
    }
    auto made = memory_;
    made.state = *proposed_;
    begin_step_of(made, plan_);
    return made;
}

void experiment::enter_evidence(const input& told) {
    bool const stopped = memory_.state.assignment_broken_since >= milliseconds{0};
    if (stopped || memory_.state.ended()) {
        return;
    }
    for (auto const& seen : told.ticks) {
        enter_for_candidates(seen);
    }
    for (auto const& seen : told.units) {
        enter_for_candidates(seen);
    }
    for (auto const& seen : told.mirrored) {
        if (!memory_.state.candidates.at(seen.candidate).out) {
            enter(memory_.trials.at(seen.candidate), plan_, seen);
        }
    }
    watch_route(told.ticks);
}

template <class Tick>
void experiment::enter_for_candidates(const Tick& seen) {
    for (std::size_t i = 0; i < memory_.trials.size(); ++i) {
        if (!memory_.state.candidates[i].out) {
            enter(memory_.trials[i], plan_, seen, i, memory_.step_epoch);
        }
    }
}

void experiment::watch_route(const std::vector<outcome_tick>& ticks) {
    for (auto const& seen : ticks) {
        if (plan_.route_guard && plan_.route_guard->outcome == seen.outcome) {
            memory_.route = watched(plan_.route_guard->test, memory_.route, total(seen));
        }
    }
}

assessment experiment::evidence() const {
    assessment made{
        .candidates = {},
        .rollback_threshold = thresholds_.rollback,
        .promotion_threshold = thresholds_.promotion,
        .reward_threshold = thresholds_.reward,
        .load = plan_.route_guard && is_in_breach(memory_.route)};
    for (auto const& each : memory_.trials) {
        made.candidates.push_back(assess(each, plan_, params_, thresholds_));
        made.candidates.back().metrics =
            assess_metrics(params_, memory_.readings, made.candidates.size() - 1);
    }
    return made;
}

}  // namespace millrace::rollout
