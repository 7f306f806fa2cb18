#include "proxy/rollout/forecast.hpp"

#include "proxy/rollout/plan.hpp"
#include "proxy/rollout/shares.hpp"
#include "proxy/rollout/trial.hpp"
#include "proxy/stats/forecast.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace millrace::rollout {

namespace {

/// A rate of bad outcomes in an equal world, and in one with harm.
struct assumed {
    double rate = 0.01;
    double harmed = 0.02;
};

assumed assumed_of(const guardrail_params& guardrail, const forecast_world& world) {
    switch (guardrail.kind) {
        case metric_kind::error_rate:
            return {world.error_rate, 2 * world.error_rate};
        case metric_kind::accuracy:
            return {world.wrong_rate, 1.3 * world.wrong_rate};
        case metric_kind::latency:
        case metric_kind::first_byte:
            break;
    }
    return {1 - guardrail.quantile, std::min(2 * (1 - guardrail.quantile), 0.99)};
}

std::optional<double> needed(double threshold, double growth) {
    auto const units =
        stats::remaining_units({.log_e = 0, .alpha = std::exp(-threshold), .growth = growth});
    return std::isfinite(units) ? std::optional{units} : std::nullopt;
}

std::string percent_text(double from, double to) {
    return fmt::format("{:.3g} -> {:.3g} %", 100 * from, 100 * to);
}

/// The share of a step as the coin between the primary and one candidate.
double pi_of(const params& chosen, double share) {
    auto const primary = 100 - share * static_cast<double>(chosen.candidates.size());
    return share / (share + primary);
}

/// Steps that leave something to the primary.
std::vector<double> compared_shares(const params& chosen) {
    bool const climbs =
        chosen.strategy == strategy::progressive || chosen.strategy == strategy::mirror_first;
    std::vector<double> shares;
    for (std::uint32_t step = 0; step < (climbs ? chosen.steps.size() : 1); ++step) {
        auto const share = share_of_step(chosen, step);
        if (share * static_cast<double>(chosen.candidates.size()) < 100) {
            shares.push_back(share);
        }
    }
    return shares;
}

/// One share of one rollout.
class forecaster {
 public:
    forecaster(const params& chosen, const plan& with, const forecast_world& world, double share)
        : chosen_{chosen},
          plan_{with},
          world_{world},
          at_{thresholds_of(chosen, with)},
          share_{share},
          pi_{pi_of(chosen, share)} {}

    [[nodiscard]] metric_forecast of_guardrail(std::uint16_t guardrail) const {
        auto const& params = chosen_.guardrails[guardrail];
        auto const rates = assumed_of(params, world_);
        metric_forecast made{
            .name = name_of(params),
            .share = share_,
            .harm = harm_text(params, rates),
            .requests_to_rollback = {},
            .requests_to_promotion = {}};
        for (auto const& test : plan_.tests) {
            if (test.guardrail != guardrail) {
                continue;
            }
            if (test.role == test_role::rollback) {
                keep_least(
                    made.requests_to_rollback, needed(at_.rollback, harm_growth(test, rates))
                );
            } else {
                made.requests_to_promotion = needed(at_.promotion, good_growth(test, rates));
            }
        }
        return made;
    }

    [[nodiscard]] metric_forecast of_reward(const reward_params& reward) const {
        auto const mean = world_.reward_mean;
        return {
            .name = reward.name,
            .share = share_,
            .harm = fmt::format("{:.3g} -> {:.3g}", mean, 0.9 * mean),
            .requests_to_rollback =
                needed(at_.rollback, reward_growth(0.9 * mean, stats::contrast_bet::rollback())),
            .requests_to_promotion = needed(
                at_.reward, reward_growth(std::min(1.1 * mean, 1.0), stats::contrast_bet::success())
            )};
    }

 private:
    static std::string harm_text(const guardrail_params& params, const assumed& rates) {
        auto const text = percent_text(rates.rate, rates.harmed);
        switch (params.kind) {
            case metric_kind::error_rate:
                return text;
            case metric_kind::accuracy:
                return text + " wrong";
            case metric_kind::latency:
            case metric_kind::first_byte:
                break;
        }
        return text + " beyond the limit";
    }

    static void keep_least(std::optional<double>& held, std::optional<double> next) {
        if (next && (!held || *next < *held)) {
            held = next;
        }
    }

    [[nodiscard]] double harm_growth(const planned_test& test, const assumed& rates) const {
        return growth_in(test.test, {.pi = pi_, .a = rates.rate, .b = rates.harmed});
    }

    /// Of an equal candidate. A compared quantile is judged further out on the candidate's side: at
    /// a margin of a fifth about half as much lies beyond.
    [[nodiscard]] double good_growth(const planned_test& test, const assumed& rates) const {
        bool const is_shifted = std::holds_alternative<stats::exceedance_margin>(test.test);
        auto const candidate = is_shifted ? rates.rate / 2 : rates.rate;
        return growth_in(test.test, {.pi = pi_, .a = rates.rate, .b = candidate});
    }

    [[nodiscard]] double reward_growth(double mean, const stats::contrast_bet& test) const {
        auto const variance = world_.reward_sd * world_.reward_sd;
        return stats::growth_in(
            stats::contrast_world{
                .pi = pi_,
                .mean_a = world_.reward_mean,
                .mean_b = mean,
                .variance_a = variance,
                .variance_b = variance},
            test.chosen()
        );
    }

    const params& chosen_;
    const plan& plan_;
    const forecast_world& world_;
    thresholds at_;
    double share_;
    double pi_;
};

}  // namespace

std::vector<metric_forecast> forecast_of(
    const params& chosen, milliseconds total_timeout, const forecast_world& world
) {
    auto const planned = make_plan(chosen, total_timeout);
    std::vector<metric_forecast> made;
    for (auto const share : compared_shares(chosen)) {
        forecaster const at{chosen, planned, world, share};
        for (std::uint16_t i = 0; i < chosen.guardrails.size(); ++i) {
            if (chosen.guardrails[i].role == metric_role::deciding) {
                made.push_back(at.of_guardrail(i));
            }
        }
        for (auto const& reward : chosen.rewards) {
            if (reward.role == metric_role::deciding) {
                made.push_back(at.of_reward(reward));
            }
        }
    }
    return made;
}

std::string time_text(double requests, double requests_per_hour) {
    auto const hours = requests / requests_per_hour;
    if (hours < 1) {
        return fmt::format("{:.0f} minutes", std::ceil(60 * hours));
    }
    return hours < 48 ? fmt::format("{:.1f} hours", hours) : fmt::format("{:.0f} days", hours / 24);
}

}  // namespace millrace::rollout
