#include "proxy/config/rollout_strategy_rules.hpp"

#include "proxy/config/world_loader.hpp"

#include "tests/unit/config/load_support.hpp"
#include "tests/unit/config/rollout_support.hpp"

#include <catch2/catch.hpp>

using namespace millrace::config::test;
using namespace millrace::rollout;
using Catch::Contains;

namespace {

const std::string reward = ", rewards: [{name: clicks}]";
const std::string safe = ", guardrails: [{metric: error_rate}]";

}  // namespace

TEST_CASE(
    "strategies that compare rewards need one, but no guardrail or share", "[config][rollout]"
) {
    for (std::string const name : {"ab", "bandit"}) {
        INFO(name);
        auto const with = "candidate: b, strategy: " + name;
        CHECK(rollout_errors(with + reward).empty());
        CHECK(rollout_errors(with + reward + safe + ", steps: [20]").empty());
        CHECK_THAT(
            rollout_errors(with + safe), Contains("expected 'rewards' with one that decides")
        );
        CHECK_THAT(
            rollout_errors(with + ", rewards: [{name: clicks, role: indicator}]"),
            Contains("expected 'rewards' with one that decides")
        );
        CHECK_THAT(
            rollout_errors(with + reward + ", steps: [5, 50]"), Contains("expected one share")
        );
    }
}

TEST_CASE("an A/B test has one candidate, an A/B/n test several", "[config][rollout]") {
    CHECK(rollout_errors("candidates: [b, c], strategy: abn" + reward).empty());
    CHECK_THAT(
        rollout_errors("candidates: [b, c], strategy: ab" + reward),
        Contains("expected one candidate with strategy ab, got 2")
    );
    CHECK_THAT(
        rollout_errors("candidate: b, strategy: abn" + reward), Contains("expected several")
    );
}

TEST_CASE("other strategies need a guardrail that decides", "[config][rollout]") {
    CHECK_THAT(rollout_errors("candidate: b" + reward), Contains("expected 'guardrails' with one"));
    CHECK_THAT(
        rollout_errors("candidate: b, guardrails: [{metric: error_rate, role: indicator}]"),
        Contains("expected 'guardrails' with one")
    );
    CHECK(loaded_rollout("candidate: b" + safe + reward).rewards.size() == 1);
}

TEST_CASE("mirroring first is not built yet end to end", "[config][rollout]") {
    CHECK_THAT(
        rollout_errors("candidate: b, strategy: mirror_first" + safe), Contains("not built yet")
    );
}

TEST_CASE("a bandit's limits stand beside a bandit and leave room for all", "[config][rollout]") {
    CHECK_THAT(
        rollout_errors("candidate: b, bandit: {batch: 1m}" + safe),
        Contains("rollout.bandit: expected strategy: bandit")
    );
    CHECK_THAT(
        rollout_errors("candidates: [b, c], strategy: bandit, bandit: {min_share: 0.4}" + reward),
        Contains("min_share of at most 0.3333 for 3 versions, got 0.4")
    );
}

TEST_CASE("rewards have different names", "[config][rollout]") {
    CHECK_THAT(
        rollout_errors("candidate: b, strategy: ab, rewards: [{name: x}, {name: y}, {name: x}]"),
        Contains("rewards[2]: expected each name once, got 'x' again")
    );
}

TEST_CASE(
    "a fraction is judged by a difference, not by ratios and objectives", "[config][rollout]"
) {
    auto const with = [](const std::string& guardrail) {
        auto const read = millrace::config::load_world_text(
            "versions: {a: {}, b: {}}\nusers: {}\n"
            "rollout: {candidate: b, unit_outcome: fraction, guardrails: [{metric: " +
                guardrail + "}]}",
            "w"
        );
        return read ? std::string{} : millrace::config::to_text(read.error());
    };
    CHECK_THAT(with("latency_p99, slo: 1s"), Contains("guardrails[0]: expected no 'slo'"));
    CHECK_THAT(with("error_rate, max_ratio: 2"), Contains("expected no 'max_ratio'"));
    CHECK_THAT(with("error_rate, rollback_ratio: 2"), Contains("expected no 'rollback_ratio'"));
    CHECK_THAT(with("latency_p99, max_ratio: 1.2"), !Contains("expected no"));
    CHECK(with("error_rate").empty());
}
