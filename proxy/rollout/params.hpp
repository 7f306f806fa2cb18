#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What the configuration says about a rollout: plain data, filled by config/.
namespace millrace::rollout {

using std::chrono::milliseconds;

/// What a guardrail looks at.
enum class metric_kind : std::uint8_t {
    error_rate,  ///< 5xx, broken or missing answers
    latency,     ///< a quantile of the time to the last byte
    first_byte,  ///< a quantile of the time to the first byte
    accuracy     ///< labels that say whether the answer was right
};

/// max_ratio of a guardrail that says none.
inline constexpr double error_ratio_max = 1.5;
inline constexpr double quantile_ratio_max = 1.2;

/// A metric that the candidate must not be worse in. One-sided: better is always fine.
struct guardrail_params {
    metric_kind kind = metric_kind::error_rate;
    double quantile = 0.99;  ///< of latency and first_byte, in (0, 1)
    /// Rolled back when the candidate's rate is proven to be above this times the primary's: 1 is
    /// any proven harm. In [1, 20].
    double rollback_ratio = 1.0;
    /// Promoted only when proven to be below this times the primary's. error_rate: of the rate, in
    /// (1, 10]; latency and first_byte: of the quantile, in (1, 10]. Nothing: error_ratio_max,
    /// quantile_ratio_max.
    std::optional<double> max_ratio = std::nullopt;
    double floor = 0.005;    ///< error_rate: a rate below which a difference does not matter
    double max_drop = 0.02;  ///< accuracy: how much lower it may be, in (0, 1)
    /// latency, first_byte: the quantile must be within this.
    std::optional<milliseconds> slo = std::nullopt;
    /// Of an outcome when it enters; nothing: the metric's default.
    std::optional<milliseconds> age = std::nullopt;

    friend bool operator==(const guardrail_params&, const guardrail_params&) = default;
};

/// The name in the file: error_rate, latency_p99, first_byte_p50, accuracy.
[[nodiscard]] std::string name_of(const guardrail_params& guardrail);

enum class strategy : std::uint8_t {
    progressive,  ///< step by step to 100 %, then the candidate is the primary
    fixed_split,  ///< one share until the verdict, then 100 % or 0
    blue_green    ///< one share until the verdict, then all at once; waits for approval before it
};

/// When the next step opens.
enum class step_rule : std::uint8_t {
    evidence,  ///< as soon as the evidence of the step allows it
    soak       ///< when besides that the soak time of the step has passed
};

struct params {
    std::string primary;                  ///< empty: the backend with the largest weight
    std::vector<std::string> candidates;  ///< one to eight, each tested against the primary
    rollout::strategy strategy = rollout::strategy::progressive;
    /// Each candidate's share of the traffic of primary and candidates, in percent: rising, the
    /// last one 100 for one candidate. fixed_split and blue_green use the first one only.
    std::vector<double> steps{5, 10, 25, 50, 100};
    step_rule advance = step_rule::evidence;
    milliseconds soak{0};  ///< least time in a step when advance is soak
    std::vector<guardrail_params> guardrails;
    /// Chance to roll back a candidate that is not worse, over all guardrails and candidates.
    double rollback_alpha = 0.01;
    /// Chance to promote one that is at its margin in some guardrail, over all attempts.
    double promote_alpha = 0.01;
    /// k: of this artifact on this route; promoted at alpha / (k (k + 1)).
    std::uint32_t attempt = 1;
    /// Of the candidate, of full age and assigned in this step, before a step may open.
    std::uint32_t step_outcomes_min = 50;
    milliseconds horizon{0};         ///< after which an open verdict is inconclusive; 0: none
    bool approve_start = false;      ///< a person says go before the first step
    bool approve_promotion = false;  ///< and before the candidate becomes the primary
    /// How long the candidate stays at its share after assignments turned out not to follow the
    /// coin.
    milliseconds assignment_grace{60'000};

    friend bool operator==(const params&, const params&) = default;
};

}  // namespace millrace::rollout
