#pragma once

#include "proxy/rollout/state.hpp"

#include <cstdint>
#include <optional>
#include <vector>

/// The rules by which others decide about a canary, each as a state that is told one measurement at
/// a time: to see on the same worlds what they would have done. Thread: any; values.
namespace millrace::simulation {

/// What a rule measures of one period. Arms that got no request have no rate.
struct measurement {
    std::optional<double> canary_errors;    ///< share of the canary's requests that failed
    std::optional<double> baseline_errors;  ///< of an equal share of the old version
};

/// Flagger: each interval the canary must pass, and gets step_weight more until max_weight; failed
/// checks are counted over the whole rollout, `threshold` of them roll it back. An interval without
/// a value is a failed check.
/// Source: fluxcd/flagger, pkg/controller/scheduler.go, 2024.
class flagger_rule {
 public:
    struct params {
        double success_rate_min = 0.99;
        std::uint32_t step_weight = 5;
        std::uint32_t max_weight = 50;
        std::uint32_t threshold = 10;
    };

    explicit flagger_rule(const params& chosen) : params_{chosen}, weight_{chosen.step_weight} {}

    void observe(const measurement& seen);

    [[nodiscard]] rollout::verdict verdict() const noexcept { return verdict_; }

    [[nodiscard]] std::uint32_t weight() const noexcept { return weight_; }  ///< percent

 private:
    params params_;
    std::uint32_t weight_;
    std::uint32_t failed_ = 0;
    rollout::verdict verdict_ = rollout::verdict::running;
};

/// Argo Rollouts, one AnalysisRun: `count` measurements against a condition; more than
/// failure_limit failed ones fail it at once. A measurement without a value is an error and proves
/// nothing. Source: argoproj/argo-rollouts, analysis/analysis.go, 2024.
class argo_rule {
 public:
    struct params {
        double success_rate_min = 0.99;
        std::uint32_t count = 10;
        std::uint32_t failure_limit = 3;
        std::uint32_t errors_max = 4;  ///< consecutive ones
    };

    explicit argo_rule(const params& chosen) : params_{chosen} {}

    void observe(const measurement& seen);

    [[nodiscard]] rollout::verdict verdict() const noexcept { return verdict_; }

 private:
    params params_;
    std::uint32_t measured_ = 0;
    std::uint32_t failed_ = 0;
    std::uint32_t errors_in_row_ = 0;
    rollout::verdict verdict_ = rollout::verdict::running;
};

/// Kayenta with Spinnaker's defaults: after `points` periods a Mann-Whitney test of both series of
/// error rates; "High" fails the canary.
/// Source: stats::judge_canary.
class kayenta_rule {
 public:
    struct params {
        std::uint32_t points = 60;
        double confidence_level = 0.98;
        double tolerance = 0.25;
    };

    explicit kayenta_rule(const params& chosen) : params_{chosen} {}

    void observe(const measurement& seen);

    [[nodiscard]] rollout::verdict verdict() const noexcept { return verdict_; }

 private:
    params params_;
    std::uint32_t periods_ = 0;
    std::vector<double> canary_;
    std::vector<double> baseline_;
    rollout::verdict verdict_ = rollout::verdict::running;
};

}  // namespace millrace::simulation
