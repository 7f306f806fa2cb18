#include "proxy/rollout/reward_trial.hpp"

#include "proxy/rollout/evidence_test.hpp"
#include "proxy/stats/forecast.hpp"

#include <algorithm>
#include <cmath>

namespace millrace::rollout {

namespace {

constexpr double report_alpha = 0.05;

stats::contrast_bet better() {
    return stats::contrast_bet::success();
}

stats::contrast_bet worse() {
    return stats::contrast_bet::rollback();
}

}  // namespace

void enter(reward_trial& into, const unit_batch& seen, bool of_this_step) {
    into.better = better().observe(into.better, seen.scores());
    into.worse = worse().observe(into.worse, seen.scores());
    into.difference = stats::contrast_sequence::observe(into.difference, seen.scores());
    if (!stats::may_enter(seen.pi)) {
        return;
    }
    into.pi = seen.pi;
    if (of_this_step) {
        into.better_step = better().observe(into.better_step, seen.scores());
        into.candidate_in_step += seen.counts().count_b;
    }
}

void begin_step(reward_trial& of) {
    of.better_step = stats::contrast_bet::start();
    of.candidate_in_step = 0;
}

reward_assessment assess(
    const reward_trial& of, const reward_params& reward, bool arrivals_broken, double threshold
) {
    auto const whole = stats::log_e(of.better);
    auto const step = stats::log_e(of.better_step);
    auto const harm = stats::log_e(of.worse);
    reward_assessment made;
    made.name = reward.name;
    made.decides = reward.role == metric_role::deciding;
    made.broken = !whole || !step || !harm;
    made.arrivals_broken = arrivals_broken;
    made.primary = of.better.past.a;
    made.candidate = of.better.past.b;
    made.waiting = made.primary.count + made.candidate.count == 0;
    made.step_outcomes = of.candidate_in_step;
    if (made.broken) {
        return made;
    }
    made.log_e_rollback = *harm;
    made.log_e_promotion = *whole;
    made.log_e_promotion_step = *step;
    made.difference = stats::contrast_sequence::covered(of.difference, report_alpha);
    auto const units = stats::remaining_units(
        {.log_e = *whole,
         .alpha = std::exp(-threshold),
         .growth = stats::growth_in(world_of(of.better.past, of.pi), better().chosen())}
    );
    if (std::isfinite(units)) {
        made.units_to_promotion = units;
    }
    return made;
}

}  // namespace millrace::rollout
