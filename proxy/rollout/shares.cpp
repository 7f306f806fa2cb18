#include "proxy/rollout/shares.hpp"

#include "proxy/base/random.hpp"
#include "proxy/base/siphash.hpp"
#include "proxy/stats/bandit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace millrace::rollout {

namespace {

// No secret: it only has to be the same in every process.
constexpr siphash_key seed_key{0x6d696c6c72616365U, 7};

bool compares_rewards(strategy of) {
    return of == strategy::ab || of == strategy::abn || of == strategy::bandit;
}

/// The reward that a bandit plays for; the number of rewards when there is none.
std::size_t played_reward(const params& chosen) {
    auto const& all = chosen.rewards;
    auto const found = std::find_if(all.begin(), all.end(), [](const auto& each) {
        return each.role == metric_role::deciding;
    });
    return static_cast<std::size_t>(found - all.begin());
}

/// The candidates that take part, in order.
std::vector<std::size_t> players(const state& now) {
    std::vector<std::size_t> in;
    for (std::size_t i = 0; i < now.candidates.size(); ++i) {
        if (!now.candidates[i].out) {
            in.push_back(i);
        }
    }
    return in;
}

random_source chance_of(const params& chosen, std::uint32_t batch) {
    std::string about = chosen.primary;
    for (auto const& each : chosen.candidates) {
        about += '\n' + each;
    }
    about += fmt::format("\n{}\n{}", chosen.attempt, batch);
    return random_source{siphash_2_4(seed_key, about)};
}

/// What was believed last of the primary and the players. A candidate's tests see the primary's
/// scores too, so those that are still in agree on it.
std::vector<stats::arm_moments> scores_of(
    const assessment& evidence, const std::vector<std::size_t>& in, std::size_t reward
) {
    std::vector<stats::arm_moments> arms;
    for (auto const candidate : in) {
        auto const& seen = evidence.candidates[candidate].rewards[reward];
        if (arms.empty()) {
            arms.push_back(seen.primary);
        }
        arms.push_back(seen.candidate);
    }
    return arms;
}

/// Scores of 0 and 1 only are their own squares.
stats::reward_model model_of(const std::vector<stats::arm_moments>& arms) {
    bool const are_bits = std::all_of(arms.begin(), arms.end(), [](const auto& each) {
        return each.sum == each.squares;
    });
    return are_bits ? stats::reward_model::binary : stats::reward_model::bounded;
}

/// What one version has above the most goes to the others, in proportion.
void keep_ceiling(std::vector<double>& shares, double most) {
    auto const largest = std::max_element(shares.begin(), shares.end());
    double const excess = *largest - most;
    if (excess <= 0) {
        return;
    }
    double const others = 1 - *largest;
    for (auto& each : shares) {
        each += excess * each / others;
    }
    *largest = most;
}

}  // namespace

double share_of_step(const params& chosen, std::uint32_t step) {
    if (compares_rewards(chosen.strategy) && chosen.steps.size() != 1) {
        return 100.0 / static_cast<double>(chosen.candidates.size() + 1);
    }
    return chosen.steps[step];
}

bool is_batch_over(
    const params& chosen, const state& now, const assessment& evidence, milliseconds at
) {
    auto const reward = played_reward(chosen);
    if (reward == chosen.rewards.size() || at - now.batch_since < chosen.bandit.batch) {
        return false;
    }
    auto const in = players(now);
    return std::all_of(in.begin(), in.end(), [&](std::size_t candidate) {
        auto const& seen = evidence.candidates[candidate].rewards[reward];
        return seen.step_outcomes >= chosen.step_outcomes_min;
    });
}

std::vector<double> bandit_shares(
    const params& chosen, const state& now, const assessment& evidence
) {
    auto const in = players(now);
    auto const arms = scores_of(evidence, in, played_reward(chosen));
    auto chance = chance_of(chosen, now.batch);
    stats::bandit_params const how{.model = model_of(arms), .share_min = chosen.bandit.min_share};
    bool const top_two = chosen.bandit.algorithm == bandit_params::algorithm_kind::top_two;
    auto drawn = top_two ? stats::top_two_shares(arms, how, chance)
                         : stats::thompson_shares(arms, how, chance);
    keep_ceiling(drawn, chosen.bandit.max_share);
    std::vector<double> shares(now.candidates.size(), 0.0);
    for (std::size_t i = 0; i < in.size(); ++i) {
        shares[in[i]] = std::round(drawn[i + 1] * 10'000) / 100;
    }
    return shares;
}

}  // namespace millrace::rollout
