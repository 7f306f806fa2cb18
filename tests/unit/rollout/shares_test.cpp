#include "proxy/rollout/shares.hpp"

#include "tests/unit/rollout/support.hpp"

#include <catch2/catch.hpp>

#include <numeric>

namespace millrace::rollout {

namespace {

params bandit_of(std::size_t candidates) {
    auto chosen = errors_only(candidates);
    chosen.strategy = strategy::bandit;
    chosen.rewards = {{.name = "clicks"}};
    return chosen;
}

/// `count` scores of 0 and 1 of each version, `good` of them 1.
assessment scored(const params& chosen, std::uint64_t count, const std::vector<double>& good) {
    auto evidence = no_evidence(chosen);
    for (std::size_t i = 0; i < chosen.candidates.size(); ++i) {
        auto& reward = evidence.candidates[i].rewards.at(0);
        reward.primary = {count, good[0], good[0]};
        reward.candidate = {count, good[i + 1], good[i + 1]};
        reward.step_outcomes = count;
    }
    return evidence;
}

}  // namespace

TEST_CASE(
    "who compares rewards begins with equal shares, or with the one it was told",
    "[rollout][shares]"
) {
    auto chosen = bandit_of(3);
    CHECK(share_of_step(chosen, 0) == 25);
    chosen.strategy = strategy::abn;
    CHECK(share_of_step(chosen, 0) == 25);
    chosen.steps = {10};
    CHECK(share_of_step(chosen, 0) == 10);
    chosen.strategy = strategy::progressive;
    chosen.steps = {5, 100};
    CHECK(share_of_step(chosen, 1) == 100);
}

TEST_CASE(
    "a batch is over when its time has passed and scores came from everybody", "[rollout][shares]"
) {
    auto const chosen = bandit_of(2);
    auto now = in_first_step(chosen);
    auto evidence = scored(chosen, 50, {10, 10, 10});
    CHECK_FALSE(is_batch_over(chosen, now, evidence, milliseconds{599'999}));
    CHECK(is_batch_over(chosen, now, evidence, milliseconds{600'000}));

    evidence.candidates[1].rewards[0].step_outcomes = 49;
    CHECK_FALSE(is_batch_over(chosen, now, evidence, milliseconds{600'000}));
    now.candidates[1].out = true;
    CHECK(is_batch_over(chosen, now, evidence, milliseconds{600'000}));
}

TEST_CASE("the better version gets more, within the limits", "[rollout][shares]") {
    auto const chosen = bandit_of(1);
    auto const now = in_first_step(chosen);

    CHECK(bandit_shares(chosen, now, scored(chosen, 1'000, {100, 500})) == std::vector{95.0});
    CHECK(bandit_shares(chosen, now, scored(chosen, 1'000, {500, 100})) == std::vector{5.0});
    auto const even = bandit_shares(chosen, now, scored(chosen, 1'000, {300, 300}));
    CHECK(even[0] > 10);
    CHECK(even[0] < 90);
}

TEST_CASE("no version gets more than the most, one that is out gets nothing", "[rollout][shares]") {
    auto chosen = bandit_of(3);
    chosen.bandit.max_share = 0.6;
    auto now = in_first_step(chosen);
    take_out(now, 2, "harm");

    auto const shares = bandit_shares(chosen, now, scored(chosen, 1'000, {100, 500, 100, 900}));

    CHECK(shares[0] == 60);
    CHECK(shares[1] >= 5);
    CHECK(shares[2] == 0);
    CHECK(std::accumulate(shares.begin(), shares.end(), 0.0) < 100);
}

TEST_CASE("shares are drawn anew in each batch, and the same in a replay", "[rollout][shares]") {
    auto chosen = bandit_of(2);
    auto now = in_first_step(chosen);
    auto const evidence = scored(chosen, 200, {60, 60, 62});

    auto const first = bandit_shares(chosen, now, evidence);
    CHECK(bandit_shares(chosen, now, evidence) == first);
    bool differs = false;
    for (now.batch = 1; now.batch < 5; ++now.batch) {
        differs = differs || bandit_shares(chosen, now, evidence) != first;
    }
    CHECK(differs);
    chosen.bandit.algorithm = bandit_params::algorithm_kind::top_two;
    auto const top_two = bandit_shares(chosen, now, evidence);
    CHECK(std::accumulate(top_two.begin(), top_two.end(), 0.0) < 100);
}

TEST_CASE("scores between 0 and 1 are believed by their mean and spread", "[rollout][shares]") {
    auto const chosen = bandit_of(1);
    auto evidence = scored(chosen, 1'000, {500, 500});
    auto& reward = evidence.candidates[0].rewards[0];
    reward.primary.squares = 251;  // all near .5
    reward.candidate = {1'000, 530, 282};

    CHECK(bandit_shares(chosen, in_first_step(chosen), evidence) == std::vector{95.0});
}

}  // namespace millrace::rollout
