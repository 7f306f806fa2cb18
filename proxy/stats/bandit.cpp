#include "proxy/stats/bandit.hpp"

#include "proxy/base/assert.hpp"

#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/beta.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace millrace::stats {

namespace {

constexpr int resamples_max = 100;

// Uniform in (0, 1), both ends excluded.
double uniform(random_source& random) noexcept {
    return (static_cast<double>(random.next() >> 11) + 0.5) * 0x1p-53;
}

double beta_quantile(const arm_moments& arm, double level) {
    double const good = arm.sum;
    double const bad = static_cast<double>(arm.count) - arm.sum;
    return boost::math::ibeta_inv(1.0 + good, 1.0 + bad, level);
}

// The marginal of the mean under the normal-gamma posterior is Student's t.
double normal_gamma_quantile(const arm_moments& arm, double level) {
    double const weight = 1.0 + static_cast<double>(arm.count);
    boost::math::students_t const marginal{1.0 + weight};
    double const scale = std::sqrt(std::max(arm.variance(), 0.0) / (1.0 + weight));
    return arm.mean() + scale * boost::math::quantile(marginal, level);
}

double posterior_sample(const arm_moments& arm, reward_model model, random_source& random) {
    double const level = uniform(random);
    return model == reward_model::binary ? beta_quantile(arm, level)
                                         : normal_gamma_quantile(arm, level);
}

std::vector<double> sample_of_each(
    std::span<const arm_moments> arms, reward_model model, random_source& random
) {
    std::vector<double> samples;
    samples.reserve(arms.size());
    for (auto const& arm : arms) {
        samples.push_back(posterior_sample(arm, model, random));
    }
    return samples;
}

std::size_t largest(const std::vector<double>& samples) {
    return static_cast<std::size_t>(
        std::max_element(samples.begin(), samples.end()) - samples.begin()
    );
}

std::size_t thompson_winner(
    std::span<const arm_moments> arms, const bandit_params& params, random_source& random
) {
    return largest(sample_of_each(arms, params.model, random));
}

std::size_t other_winner(
    std::size_t first,
    std::span<const arm_moments> arms,
    const bandit_params& params,
    random_source& random
) {
    std::vector<double> samples;
    for (int i = 0; i < resamples_max; ++i) {
        samples = sample_of_each(arms, params.model, random);
        if (auto const winner = largest(samples); winner != first) {
            return winner;
        }
    }
    samples[first] = -std::numeric_limits<double>::infinity();
    return largest(samples);
}

std::size_t top_two_winner(
    std::span<const arm_moments> arms, const bandit_params& params, random_source& random
) {
    auto const winner = thompson_winner(arms, params, random);
    bool const challenge = arms.size() > 1 && random.below(2) == 1;
    return challenge ? other_winner(winner, arms, params, random) : winner;
}

// Lifts what is below the floor to it, at the cost of what is above, in proportion.
void keep_floor(std::vector<double>& shares, double floor) {
    double above = 0.0;
    for (double const share : shares) {
        above += std::max(share - floor, 0.0);
    }
    double const free = 1.0 - floor * static_cast<double>(shares.size());
    double const scale = above > 0.0 ? free / above : 0.0;
    for (double& share : shares) {
        share = floor + std::max(share - floor, 0.0) * scale;
    }
}

template <class Winner>
std::vector<double> shares_of(
    std::span<const arm_moments> arms,
    const bandit_params& params,
    random_source& random,
    const Winner& winner
) {
    auto const count = static_cast<double>(arms.size());
    MILLRACE_ASSERT(!arms.empty() && params.draws > 0);
    MILLRACE_ASSERT(params.share_min >= 0.0 && params.share_min * count <= 1.0);
    std::vector<double> shares(arms.size(), 0.5);
    for (std::uint32_t i = 0; i < params.draws; ++i) {
        shares[winner(arms, params, random)] += 1.0;
    }
    for (double& share : shares) {
        share /= params.draws + 0.5 * count;
    }
    keep_floor(shares, params.share_min);
    return shares;
}

}  // namespace

std::vector<double> thompson_shares(
    std::span<const arm_moments> arms, const bandit_params& params, random_source& random
) {
    return shares_of(arms, params, random, thompson_winner);
}

std::vector<double> top_two_shares(
    std::span<const arm_moments> arms, const bandit_params& params, random_source& random
) {
    return shares_of(arms, params, random, top_two_winner);
}

}  // namespace millrace::stats
