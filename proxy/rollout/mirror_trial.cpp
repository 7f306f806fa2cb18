#include "proxy/rollout/mirror_trial.hpp"

#include <utility>

namespace millrace::rollout {

mirror_trial begin_mirror_trial(const planned_mirror& with) {
    return {.harm = stats::pair_rollback::start(), .margin = with.margin.start(), .pairs = 0};
}

void enter(mirror_trial& into, const planned_mirror& with, const mirrored_tick& seen) {
    if (seen.outcome == with.harm_outcome) {
        into.harm = stats::pair_rollback::observe(into.harm, seen.seen);
    }
    if (seen.outcome == with.margin_outcome) {
        into.margin = with.margin.observe(into.margin, seen.seen);
        into.pairs += seen.seen.pairs;
    }
}

evidence_assessment assess(const mirror_trial& of, std::string name) {
    auto const harm = stats::finite_log_e(stats::log_total(of.harm));
    auto const margin = stats::finite_log_e(stats::log_total(of.margin));
    evidence_assessment made;
    made.name = std::move(name);
    made.broken = !harm || !margin;
    made.waiting = of.pairs == 0;
    made.log_e_rollback = harm.value_or(0);
    made.log_e_promotion = margin.value_or(0);
    made.step_outcomes = of.pairs;
    return made;
}

}  // namespace millrace::rollout
