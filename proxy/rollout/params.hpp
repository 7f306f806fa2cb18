#pragma once

#include "proxy/stats/unit_window.hpp"

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

/// Whether a metric takes part in decisions.
enum class metric_role : std::uint8_t {
    deciding,  ///< as a guardrail, or as a reward
    indicator  ///< reported only: it rolls nothing back and holds nothing up
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
    /// error_rate: a rate below which a difference does not matter. Of units that are judged by
    /// the fraction of their bad requests: how much larger than the primary's it may be.
    double floor = 0.005;
    double max_drop = 0.02;  ///< accuracy: how much lower it may be, in (0, 1)
    /// latency, first_byte: the quantile must be within this.
    std::optional<milliseconds> slo = std::nullopt;
    /// Of an outcome when it enters; nothing: the metric's default.
    std::optional<milliseconds> age = std::nullopt;
    metric_role role = metric_role::deciding;

    friend bool operator==(const guardrail_params&, const guardrail_params&) = default;
};

/// The name in the file: error_rate, latency_p99, first_byte_p50, accuracy.
[[nodiscard]] std::string name_of(const guardrail_params& guardrail);

/// What the newest value of a custom metric must keep to for the candidate to get more weight or to
/// be promoted. A condition, not a test: a value of another system has no error probability, so it
/// never takes a candidate out.
struct objective_params {
    std::string metric;
    std::optional<double> upper_limit = std::nullopt;  ///< still allowed
    std::optional<double> lower_limit = std::nullopt;  ///< still allowed
    /// The candidate's value is at most this times the primary's.
    std::optional<double> max_ratio = std::nullopt;
    double sample_size_min = 0;  ///< of the metric's sample size; 0: it is not looked at

    friend bool operator==(const objective_params&, const objective_params&) = default;
};

struct version_variable {
    std::string name;
    std::string value;

    friend bool operator==(const version_variable&, const version_variable&) = default;
};

/// What placeholders in the queries of custom metrics stand for.
struct version_variables {
    std::string version;
    std::vector<version_variable> values;

    friend bool operator==(const version_variables&, const version_variables&) = default;
};

/// A score that the candidate should be better in: told per request, larger or smaller is better.
struct reward_params {
    std::string name;
    double min = 0;  ///< a score is clipped to [min, max]
    double max = 1;  ///< > min
    bool larger_is_better = true;
    metric_role role = metric_role::deciding;
    /// Of a request when its score enters; nothing: that of labels.
    std::optional<milliseconds> age = std::nullopt;

    friend bool operator==(const reward_params&, const reward_params&) = default;
};

/// How good a score is: clipped, in [0, 1], larger is better. NaN stays NaN, which breaks the
/// metric: whoever takes scores in refuses it.
[[nodiscard]] double value_of(const reward_params& reward, double score) noexcept;

/// A strategy that gives the version with the better reward more, batch by batch.
struct bandit_params {
    enum class algorithm_kind : std::uint8_t {
        thompson,  ///< by the chance to be the best
        top_two    ///< the best and its nearest rival: finds the best of several sooner
    };

    algorithm_kind algorithm = algorithm_kind::thompson;
    milliseconds batch{600'000};  ///< the least time between two changes of weights, > 0
    double min_share = 0.05;      ///< of each version, in [.02, 1 / versions]
    double max_share = 0.95;      ///< in [.5, .98]

    friend bool operator==(const bandit_params&, const bandit_params&) = default;
};

/// Watches all requests of the route, whoever served them: what two versions share may be at its
/// limit, and then both are slow and neither is worse.
struct route_guard_params {
    /// Of requests that fail or do not end; proven above it, weights do not rise. In (0, .9].
    double max_error_rate = 0.1;

    friend bool operator==(const route_guard_params&, const route_guard_params&) = default;
};

enum class strategy : std::uint8_t {
    progressive,  ///< step by step to 100 %, then the candidate is the primary
    fixed_split,  ///< one share until the verdict, then 100 % or 0
    blue_green,   ///< one share until the verdict, then all at once; waits for approval before it
    ab,           ///< equal shares until one version's reward is proven better, then that one
    abn,          ///< the same with several candidates
    bandit,       ///< the same, and meanwhile the better one gets more
    mirror_first  ///< answers copies of requests before it gets any; then as progressive
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
    /// ab, abn and bandit begin with equal shares unless one share stands here.
    std::vector<double> steps{5, 10, 25, 50, 100};
    step_rule advance = step_rule::evidence;
    milliseconds soak{0};  ///< least time in a step when advance is soak
    std::vector<guardrail_params> guardrails;
    /// Of the deciding ones one must be proven better before a candidate is promoted, and one that
    /// is proven worse rolls it back.
    std::vector<reward_params> rewards;
    bandit_params bandit;
    std::optional<route_guard_params> route_guard = std::nullopt;
    /// Of a route that keeps clients at their version: the client is the unit, judged by this.
    /// Nothing: each request is a unit.
    std::optional<stats::unit_outcome> unit_outcome = std::nullopt;
    /// For how long from its first contact in a weight epoch a unit's requests are its outcome.
    milliseconds unit_window{60'000};
    std::uint32_t units_max = 100'000;  ///< of the units, how many are remembered; >= 1
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
    std::vector<objective_params> objectives;
    std::vector<std::string> indicators;  ///< custom metrics that are only shown
    std::vector<version_variables> variables;

    friend bool operator==(const params&, const params&) = default;
};

}  // namespace millrace::rollout
