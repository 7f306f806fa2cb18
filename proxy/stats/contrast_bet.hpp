#pragma once

#include "proxy/stats/arm_moments.hpp"
#include "proxy/stats/tick.hpp"

#include <cstdint>
#include <optional>
#include <span>

namespace millrace::stats {

/// One or more outcomes of the same kind with a score in [0, 1], larger is better: the caller turns
/// losses and costs round (1 - y) and clips counts. A score outside [0, 1] (or NaN) breaks the
/// process for good: log_e() is nothing from then on.
struct scored_outcome {
    bool candidate = false;
    double score = 0.0;
    std::uint64_t count = 1;
};

/// What one control period assigned at one pi, at full age. The order of the outcomes does not
/// matter. Lifetime: a view.
struct scored_tick {
    double pi = 0.5;  ///< probability that a unit was assigned to B
    std::span<const scored_outcome> outcomes;
};

/// What both arms have scored so far; the pooled mean m is the centre of the contrast.
struct contrast_moments {
    arm_moments a;
    arm_moments b;

    /// (0.5 + sum of Y) / (1 + n), both arms together.
    [[nodiscard]] double centre() const noexcept;
    void add(const scored_tick& seen) noexcept;

    friend bool operator==(const contrast_moments&, const contrast_moments&) = default;
};

/// How much a contrast bet lays on the next outcomes: K is multiplied by 1 + stake x D'. Fixed
/// before a tick, from what was known before it.
struct contrast_stake {
    double sign = 1.0;    ///< s
    double delta0 = 0.0;  ///< the edge of the null hypothesis
    double centre = 0.5;  ///< m
    double pi = 0.5;
    double stake = 0.0;  ///< lambda

    /// D = (Y - m)(W / pi - (1 - W) / (1 - pi)).
    [[nodiscard]] double contrast(bool candidate, double score) const noexcept;

    /// 1 + lambda s (D - delta0), at least 1/2.
    [[nodiscard]] double factor(double contrast) const noexcept {
        return 1.0 + stake * sign * (contrast - delta0);
    }

    /// Sets lambda for a payoff D' with this mean and variance: clip(g / (v + g^2), 0, half of what
    /// could ruin the bettor).
    void lay(double gain, double variance) noexcept;
};

/// A test martingale for the difference Delta = mean B - mean A of a score in [0, 1], by betting on
/// the centred inverse-propensity contrast D, whose mean is Delta whatever the past.
///
///   D' = s (D - delta0),  ln K += ln(1 + lambda D'),
///   lambda = clip(g / (v + g^2), 0, 0.5 / |least possible D'|)
///   g = s (mu_B - mu_A - delta0)
///   v = (s_B^2 + (mu_B - m)^2) / pi + (s_A^2 + (mu_A - m)^2) / (1 - pi) - (mu_B - mu_A)^2
///
/// with the moments of each arm so far (prior: one observation of mean .5 and second moment .5) and
/// the pi of the tick. One-sided: for s = +1 the null hypothesis is Delta <= delta0, for s = -1 it
/// is Delta >= delta0, at every time. Reject when K >= 1/alpha, at any look.
///
/// Lifetime: a value without state of its own. Thread: any. Cost: one logarithm per entry of a
/// tick, no allocation; the same state and tick give the same bits. Source: aGRAPA of Waudby-Smith
/// & Ramdas, JRSS-B 2023, arXiv:2010.09686, on the contrast.
///
///   auto const test = contrast_bet::promote(0.02);  auto state = test.start();
///   state = test.observe(state, {.pi = 0.1, .outcomes = outcomes});
class contrast_bet {
 public:
    /// All that has to be stored.
    struct state {
        double log_k = 0.0;  ///< nats
        contrast_moments past;
        std::uint64_t excluded = 0;  ///< outcomes that came with a pi out of range

        friend bool operator==(const state&, const state&) = default;
    };

    struct params {
        double sign = 1.0;    ///< s: +1 or -1
        double delta0 = 0.0;  ///< in (-1, 1)
    };

    explicit contrast_bet(const params& chosen);

    /// Against "worse by `margin` or more": evidence to promote. Margin in (0, 1).
    [[nodiscard]] static contrast_bet promote(double margin);
    /// Against "not better": evidence of success.
    [[nodiscard]] static contrast_bet success();
    /// Against "not worse": evidence to roll back.
    [[nodiscard]] static contrast_bet rollback();

    [[nodiscard]] const params& chosen() const noexcept { return params_; }

    [[nodiscard]] static state start() noexcept { return {}; }

    [[nodiscard]] state observe(state before, const scored_tick& seen) const noexcept;

    /// What is laid on outcomes that are assigned with `pi` after `past`.
    [[nodiscard]] contrast_stake stake_at(const contrast_moments& past, double pi) const noexcept;

 private:
    params params_;
};

[[nodiscard]] std::optional<double> log_e(const contrast_bet::state& now) noexcept;

/// The mean and the spread of a score in each arm of a world to plan for.
struct contrast_world {
    double pi = 0.5;
    double mean_a = 0.5;
    double mean_b = 0.5;
    double variance_a = 0.25;
    double variance_b = 0.25;
};

/// Nats per outcome of a contrast bet that knows the world, to second order in its stake.
[[nodiscard]] double growth_in(
    const contrast_world& world, const contrast_bet::params& test
) noexcept;

}  // namespace millrace::stats
