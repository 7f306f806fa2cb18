#include "proxy/simulation/score_law.hpp"

#include "proxy/simulation/conditions.hpp"

namespace millrace::simulation {

namespace {

// Laws nearer to 0 and 1 alone than this are drawn as such.
constexpr double least_weight = 1e-3;

/// What mean and spread say about a beta law; 0 and below: scores are 0 or 1.
double weight_of(const behaviour& like) {
    auto const variance = like.reward_sd * like.reward_sd;
    return like.reward * (1 - like.reward) / variance - 1;
}

double score_of(draws& chance, const behaviour& like) {
    if (like.reward_sd <= 0 || like.reward <= 0 || like.reward >= 1) {
        return like.reward;
    }
    auto const weight = weight_of(like);
    if (weight < least_weight) {
        return chance.uniform() < like.reward ? 1.0 : 0.0;
    }
    return chance.beta(like.reward, weight);
}

}  // namespace

void draw_scores(
    draws& chance,
    const behaviour& like,
    std::uint16_t arm,
    std::uint64_t assigned,
    rollout::unit_tick& to
) {
    auto const scored = chance.binomial(assigned, (1 - failure_rate(like)) * like.scored);
    for (std::uint64_t i = 0; i < scored; ++i) {
        to.units.push_back({.arm = arm, .value = score_of(chance, like), .masses = {}});
    }
}

}  // namespace millrace::simulation
