#pragma once

#include "proxy/base/random.hpp"
#include "proxy/stats/arm_moments.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace millrace::stats {

/// What is believed of the mean reward of an arm; larger is better.
enum class reward_model {
    binary,  ///< Beta(1 + good, 1 + bad): `sum` counts the good ones of `count`
    bounded  ///< rewards in [0, 1]: normal-gamma from mean .5, weight 1, shape 1, rate .125
};

struct bandit_params {
    reward_model model = reward_model::binary;
    std::uint32_t draws = 16;  ///< samples per arm and batch, >= 1
    double share_min = 0.05;   ///< what each arm keeps at least, in [0, 1 / arms]
};

/// The weights of the next batch by Thompson sampling: how often each arm's sample is the largest,
/// (wins + .5) / (draws + .5 arms), none below share_min. For two arms that is the chance that B is
/// better, kept within [.05, .95].
///
/// The tests of this folder stay valid under such weights, because they use the pi that applied;
/// the posteriors themselves promise nothing when they are looked at again and again.
///
/// @param arms    at least one
/// @param random  the only source of chance: the same state gives the same weights
/// @return        one share per arm, in order; sum 1
/// Cost: draws x arms quantiles, about 10 us each. Source: Thompson 1933; batches: README.
[[nodiscard]] std::vector<double> thompson_shares(
    std::span<const arm_moments> arms, const bandit_params& params, random_source& random
);

/// The same by top-two Thompson sampling, which keeps testing the best arm against its nearest
/// rival: each draw plays the arm with the largest sample, or with probability 1/2 resamples until
/// another one wins and plays that (after 100 vain tries the second of the last sample). For more
/// than two arms; for two it is close to halves. Source: Russo, "Simple Bayesian algorithms for
/// best-arm identification", Operations Research 68, 2020, arXiv:1602.08448.
[[nodiscard]] std::vector<double> top_two_shares(
    std::span<const arm_moments> arms, const bandit_params& params, random_source& random
);

}  // namespace millrace::stats
