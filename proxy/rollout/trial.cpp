#include "proxy/rollout/trial.hpp"

#include "proxy/rollout/breach_watch.hpp"
#include "proxy/stats/forecast.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace millrace::rollout {

namespace {

constexpr double assignment_alpha = 0.001;

void observe_guard(trial::guard_state& of, const stats::slo_breach& test, const stats::tick& seen) {
    of.primary = watched(test, of.primary, {seen.count_a, seen.bad_a});
    of.candidate = watched(test, of.candidate, {seen.count_b, seen.bad_b});
}

bool is_incident(const trial& of) {
    return std::any_of(of.guards.begin(), of.guards.end(), [](const auto& guard) {
        return is_in_breach(guard.primary) && is_in_breach(guard.candidate);
    });
}

double rate_of(const stats::arm_tick& arm) {
    return (static_cast<double>(arm.bad) + 0.5) / (static_cast<double>(arm.count) + 1);
}

/// The rates so far under the present split: what a forecast goes by.
stats::rates world_of(const trial::outcome_counts& counts) {
    return {
        .pi = std::clamp(counts.pi, stats::pi_min, stats::pi_max),
        .a = rate_of(counts.primary),
        .b = rate_of(counts.candidate)};
}

/// What the tests of the guardrail lower and raise.
guardrail_assessment nothing_known(const guardrail_params& guardrail) {
    constexpr auto infinity = std::numeric_limits<double>::infinity();
    guardrail_assessment about;
    about.name = name_of(guardrail);
    about.decides = guardrail.role == metric_role::deciding;
    about.log_e_rollback = -infinity;
    about.log_e_promotion = infinity;
    about.log_e_promotion_step = infinity;
    about.step_outcomes = UINT64_MAX;
    return about;
}

/// An error state is told by `broken`, not by numbers that no file can hold.
void make_finite(guardrail_assessment& about) {
    for (auto* const each :
         {&about.log_e_rollback, &about.log_e_promotion, &about.log_e_promotion_step}) {
        *each = std::isfinite(*each) ? *each : 0;
    }
    about.step_outcomes = about.step_outcomes == UINT64_MAX ? 0 : about.step_outcomes;
}

void add_rollback(guardrail_assessment& to, const trial::test_state& state) {
    auto const e = log_e(state.whole);
    to.broken = to.broken || !e;
    to.log_e_rollback = std::max(to.log_e_rollback, e.value_or(to.log_e_rollback));
}

/// What a bet on values has seen, as counts for people: bad is the sum of the losses.
stats::arm_tick losses_of(const stats::arm_moments& arm) {
    auto const good = static_cast<std::uint64_t>(std::llround(std::max(arm.sum, 0.0)));
    return {arm.count, arm.count - std::min(good, arm.count)};
}

void show_counts(
    guardrail_assessment& to, const trial::test_state& state, const trial::outcome_counts& counts
) {
    auto const* const scores = std::get_if<stats::contrast_bet::state>(&state.whole);
    to.primary = scores == nullptr ? counts.primary : losses_of(scores->past.a);
    to.candidate = scores == nullptr ? counts.candidate : losses_of(scores->past.b);
}

void add_promotion(
    guardrail_assessment& to,
    const planned_test& test,
    const trial::test_state& state,
    const trial::outcome_counts& counts,
    const thresholds& at
) {
    auto const whole = log_e(state.whole);
    auto const step = log_e(state.step);
    if (!whole || !step) {
        to.broken = true;
        return;
    }
    to.log_e_promotion = std::min(to.log_e_promotion, *whole);
    to.log_e_promotion_step = std::min(to.log_e_promotion_step, *step);
    to.step_outcomes = std::min(to.step_outcomes, counts.candidate_in_step);
    show_counts(to, state, counts);
    to.waiting = to.waiting || counts.primary.count + counts.candidate.count == 0;
    auto const units = stats::remaining_units(
        {.log_e = *whole,
         .alpha = std::exp(-at.promotion),
         .growth = growth_after(test.test, state.whole, world_of(counts))}
    );
    if (std::isfinite(units)) {
        to.units_to_promotion = units;
    }
}

void add_counts(trial::outcome_counts& to, const stats::tick& seen, bool of_this_step) {
    to.primary.count += seen.count_a;
    to.primary.bad += seen.bad_a;
    to.candidate.count += seen.count_b;
    to.candidate.bad += seen.bad_b;
    to.candidate_in_step += of_this_step ? seen.count_b : 0;
    to.pi = seen.pi;
}

/// Requests are counted where they are assigned, labels and scores where they arrive: a join that
/// loses one version's, or brings them later, must not decide.
bool counts_arrivals(const outcome& each) {
    return each.kind == outcome_kind::label_wrong || each.kind == outcome_kind::reward;
}

void observe_arrivals(trial::stream_state& of, const stats::tick& seen) {
    of.ratio = stats::sample_ratio::observe(of.ratio, seen);
    auto const e = stats::log_e(of.ratio);
    of.broken = of.broken || !e || *e >= std::log(1 / assignment_alpha);
}

/// @param seen  a tick, or a batch of units
template <class Seen>
void observe_test(
    trial::test_state& of, const planned_test& planned, const Seen& seen, bool of_this_step
) {
    of.whole = observe(planned.test, of.whole, seen);
    if (of_this_step && planned.role == test_role::promotion) {
        of.step = observe(planned.test, of.step, seen);
    }
}

/// One outcome's evidence, as a tick or as a batch of units, with its counts beside it.
template <class Seen>
void enter_seen(
    trial& into,
    const plan& with,
    std::uint16_t outcome,
    const Seen& seen,
    const stats::tick& counts,
    bool of_this_step
) {
    if (stats::may_enter(counts.pi)) {
        add_counts(into.counts[outcome], counts, of_this_step);
    }
    if (outcome == with.assignments) {
        into.assignments = stats::sample_ratio::observe(into.assignments, counts);
    }
    if (counts_arrivals(with.outcomes[outcome])) {
        observe_arrivals(into.arrivals[outcome], counts);
    }
    for (std::size_t i = 0; i < with.tests.size(); ++i) {
        if (with.tests[i].outcome == outcome) {
            observe_test(into.tests[i], with.tests[i], seen, of_this_step);
        }
    }
    for (std::size_t i = 0; i < with.guards.size(); ++i) {
        if (with.guards[i].outcome == outcome) {
            observe_guard(into.guards[i], with.guards[i].test, counts);
        }
    }
}

}  // namespace

trial begin_trial(const plan& with) {
    trial made;
    for (auto const& planned : with.tests) {
        made.tests.push_back({start(planned.test), start(planned.test)});
    }
    for (auto const& guard : with.guards) {
        made.guards.push_back({guard.test.start(), guard.test.start()});
    }
    for (auto const& mirror : with.mirrors) {
        made.mirrored.push_back(begin_mirror_trial(mirror));
    }
    made.rewards.resize(with.rewards.size());
    made.counts.resize(with.outcomes.size());
    made.arrivals.assign(with.outcomes.size(), {stats::sample_ratio::start(), false});
    made.assignments = stats::sample_ratio::start();
    return made;
}

void enter(
    trial& into,
    const plan& with,
    const outcome_tick& seen,
    std::size_t candidate,
    std::uint32_t step_epoch
) {
    if (auto const tick = between(seen, candidate)) {
        enter_seen(into, with, seen.outcome, *tick, *tick, seen.epoch >= step_epoch);
    }
}

void enter(
    trial& into,
    const plan& with,
    const unit_tick& seen,
    std::size_t candidate,
    std::uint32_t step_epoch
) {
    bool const of_this_step = seen.epoch >= step_epoch;
    for (auto const& batch : batches_between(seen, candidate, with.outcomes[seen.outcome].kind)) {
        enter_seen(into, with, seen.outcome, batch, batch.counts(), of_this_step);
        for (std::size_t i = 0; i < with.rewards.size(); ++i) {
            if (with.rewards[i].outcome == seen.outcome) {
                enter(into.rewards[i], batch, of_this_step);
            }
        }
    }
}

void enter(trial& into, const plan& with, const mirrored_tick& seen) {
    for (std::size_t i = 0; i < with.mirrors.size(); ++i) {
        enter(into.mirrored[i], with.mirrors[i], seen);
    }
}

void begin_step(trial& of, const plan& with) {
    for (std::size_t i = 0; i < of.tests.size(); ++i) {
        auto const& planned = with.tests[i];
        if (!is_in_force(with.outcomes[planned.outcome])) {
            of.tests[i].whole = with_new_threshold(of.tests[i].whole);
        }
        of.tests[i].step = start(planned.test);
    }
    for (auto& counts : of.counts) {
        counts.candidate_in_step = 0;
    }
    for (auto& reward : of.rewards) {
        begin_step(reward);
    }
}

thresholds thresholds_of(const params& chosen, const plan& with) {
    auto const candidates = static_cast<double>(chosen.candidates.size());
    auto const tests = static_cast<double>(with.rollback_tests());
    auto const attempt = static_cast<double>(chosen.attempt);
    auto const rewards = static_cast<double>(std::max<std::size_t>(with.deciding_rewards(), 1));
    auto const promotion = candidates * attempt * (attempt + 1) / chosen.promote_alpha;
    return {
        .rollback = std::log(candidates * std::max(tests, 1.0) / chosen.rollback_alpha),
        .promotion = std::log(promotion),
        .reward = std::log(rewards * promotion),
        .assignment = std::log(1 / assignment_alpha)};
}

candidate_assessment assess(
    const trial& of, const plan& with, const params& chosen, const thresholds& at
) {
    candidate_assessment made;
    for (auto const& guardrail : chosen.guardrails) {
        made.guardrails.push_back(nothing_known(guardrail));
    }
    for (std::size_t i = 0; i < with.tests.size(); ++i) {
        auto const& planned = with.tests[i];
        auto& about = made.guardrails[planned.guardrail];
        about.arrivals_broken = about.arrivals_broken || of.arrivals[planned.outcome].broken;
        if (planned.role == test_role::rollback) {
            add_rollback(about, of.tests[i]);
        } else {
            add_promotion(about, planned, of.tests[i], of.counts[planned.outcome], at);
        }
    }
    std::for_each(made.guardrails.begin(), made.guardrails.end(), make_finite);
    for (std::size_t i = 0; i < with.rewards.size(); ++i) {
        bool const arrivals_broken = of.arrivals[with.rewards[i].outcome].broken;
        made.rewards.push_back(assess(of.rewards[i], chosen.rewards[i], arrivals_broken, at.reward)
        );
    }
    for (std::size_t i = 0; i < with.mirrors.size(); ++i) {
        auto const& guardrail = chosen.guardrails[with.mirrors[i].guardrail];
        made.mirrored.push_back(assess(of.mirrored[i], "mirrored " + name_of(guardrail)));
    }
    auto const assignment = stats::log_e(of.assignments);
    made.log_e_assignment = assignment.value_or(0);
    made.assignment_broken = assignment && *assignment >= at.assignment;
    made.incident = is_incident(of);
    return made;
}

}  // namespace millrace::rollout
