#include "tests/unit/config/load_support.hpp"
#include "tests/unit/config/rollout_support.hpp"

#include <catch2/catch.hpp>

using namespace millrace::config::test;
using namespace millrace::rollout;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

std::string ab_with(const std::string& keys) {
    return "candidate: b, strategy: ab, " + keys;
}

std::string bandit_with(const std::string& keys) {
    return "candidate: b, strategy: bandit, rewards: [{name: clicks}], bandit: {" + keys + "}";
}

}  // namespace

TEST_CASE("every key of a reward is read", "[config][rollout]") {
    auto const rollout =
        loaded_rollout(ab_with("rewards: [{name: stars, min: 1, max: 5, better: lower, age: 1h}, "
                               "{name: clicks, role: indicator}]"));

    REQUIRE(rollout.rewards.size() == 2);
    CHECK(
        rollout.rewards[0] ==
        reward_params{
            .name = "stars",
            .min = 1,
            .max = 5,
            .larger_is_better = false,
            .role = metric_role::deciding,
            .age = 1h}
    );
    CHECK(rollout.rewards[1] == reward_params{.name = "clicks", .role = metric_role::indicator});
}

TEST_CASE("a reward has a range and a name", "[config][rollout]") {
    CHECK_THAT(
        rollout_errors(ab_with("rewards: [{name: stars, min: 5, max: 5}]")),
        Contains("rewards[0]: expected a 'min' below 'max'")
    );
    CHECK_THAT(rollout_errors(ab_with("rewards: [{min: 5}]")), Contains("the key 'name'"));
    CHECK_THAT(
        rollout_errors(ab_with("rewards: [{name: a, better: more}]")), Contains("better: expected")
    );
}

TEST_CASE("a bandit's keys are read within their limits", "[config][rollout]") {
    auto const read =
        loaded_rollout(bandit_with("algorithm: top_two, batch: 1m, min_share: 0.1, max_share: 0.8")
        );
    CHECK(
        read.bandit ==
        bandit_params{
            .algorithm = bandit_params::algorithm_kind::top_two,
            .batch = 1min,
            .min_share = 0.1,
            .max_share = 0.8}
    );
    CHECK_THAT(rollout_errors(bandit_with("min_share: 0.01")), Contains("bandit.min_share"));
    CHECK_THAT(rollout_errors(bandit_with("max_share: 0.99")), Contains("bandit.max_share"));
    CHECK_THAT(rollout_errors(bandit_with("batch: 0")), Contains("bandit.batch"));
}
