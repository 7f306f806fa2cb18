#include "proxy/simulation/rival_rules.hpp"

#include "proxy/stats/canary_judge.hpp"

namespace millrace::simulation {

void flagger_rule::observe(const measurement& seen) {
    if (verdict_ != rollout::verdict::running) {
        return;
    }
    bool const passed = seen.canary_errors && 1.0 - *seen.canary_errors >= params_.success_rate_min;
    if (!passed) {
        if (++failed_ >= params_.threshold) {
            verdict_ = rollout::verdict::failed;
        }
    } else if (weight_ < params_.max_weight) {
        weight_ += params_.step_weight;
    } else {
        verdict_ = rollout::verdict::successful;
    }
}

void argo_rule::observe(const measurement& seen) {
    if (verdict_ != rollout::verdict::running) {
        return;
    }
    if (!seen.canary_errors) {
        if (++errors_in_row_ > params_.errors_max) {
            verdict_ = rollout::verdict::error;
        }
        return;
    }
    errors_in_row_ = 0;
    ++measured_;
    if (1.0 - *seen.canary_errors < params_.success_rate_min && ++failed_ > params_.failure_limit) {
        verdict_ = rollout::verdict::failed;
    } else if (measured_ >= params_.count) {
        verdict_ = rollout::verdict::successful;
    }
}

void kayenta_rule::observe(const measurement& seen) {
    if (verdict_ != rollout::verdict::running) {
        return;
    }
    if (seen.canary_errors) {
        canary_.push_back(*seen.canary_errors);
    }
    if (seen.baseline_errors) {
        baseline_.push_back(*seen.baseline_errors);
    }
    if (++periods_ < params_.points) {
        return;
    }
    auto const judged = stats::judge_canary(
        {.experiment = canary_, .control = baseline_},
        {.tolerance = params_.tolerance,
         .confidence_level = params_.confidence_level,
         .direction = stats::canary_direction::increase}
    );
    verdict_ = judged.label == stats::canary_label::high   ? rollout::verdict::failed
               : judged.label == stats::canary_label::pass ? rollout::verdict::successful
                                                           : rollout::verdict::inconclusive;
}

}  // namespace millrace::simulation
