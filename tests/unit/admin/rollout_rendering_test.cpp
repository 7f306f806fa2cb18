#include "proxy/admin/rollout_rendering.hpp"

#include "some_rollout.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include <limits>

using namespace millrace;
using namespace millrace::admin;

namespace {

std::string at(const std::string& document, const char* pointer) {
    return boost::json::serialize(boost::json::parse(document).at_pointer(pointer));
}

}  // namespace

TEST_CASE("a rollout shows where it stands and on what evidence", "[admin][json]") {
    auto const document = rendering::rollout(some_rollout());

    CHECK(at(document, "/phase") == R"("progressing")");
    CHECK(at(document, "/verdict") == R"("running")");
    CHECK(at(document, "/paused") == "true");
    CHECK(at(document, "/primary_share") == "7.5E1");
    CHECK(at(document, "/candidates/0/backend") == R"("b")");
    CHECK(at(document, "/candidates/0/share") == "2.5E1");
    CHECK(at(document, "/candidates/0/guardrails/0/candidate") == R"({"count":1000,"bad":2})");
    CHECK(at(document, "/candidates/0/guardrails/0/rollback_threshold") == "5.5E0");
    CHECK(at(document, "/candidates/0/guardrails/1/waiting") == "true");
    CHECK(at(document, "/candidates/0/guardrails/1/units_to_promotion") == "null");
    CHECK(at(document, "/guardrails/1/name").find("latency_p99") != std::string::npos);
}

TEST_CASE("a rollout shows its rewards and what its evidence will take", "[admin][json]") {
    auto one = some_rollout();
    one.state.load = true;
    one.evidence.reward_threshold = 5.75;
    auto& reward = one.evidence.candidates[0].rewards.emplace_back();
    reward.name = "clicks";
    reward.decides = false;
    reward.log_e_promotion = 1.5;
    reward.candidate = {3, 1.5, 1.5};
    reward.difference = stats::interval{-0.25, 0.5};

    auto const document = rendering::rollout(one);

    CHECK(at(document, "/load") == "true");
    CHECK(at(document, "/candidates/0/rewards/0/name") == R"("clicks")");
    CHECK(at(document, "/candidates/0/rewards/0/decides") == "false");
    CHECK(at(document, "/candidates/0/rewards/0/promotion_threshold") == "5.75E0");
    CHECK(at(document, "/candidates/0/rewards/0/candidate") == R"({"count":3,"mean":5E-1})");
    CHECK(at(document, "/candidates/0/rewards/0/difference") == "[-2.5E-1,5E-1]");
    CHECK(at(document, "/forecast/0/metric") == R"("error_rate")");
    CHECK(at(document, "/forecast/0/share") == "5E0");
    CHECK(at(document, "/forecast/0/requests_to_rollback") != "null");
}

TEST_CASE("a decision shows the shares that it gave and who asked", "[admin][json]") {
    auto const document = rendering::rollout(some_rollout());

    CHECK(at(document, "/decisions/0/reason") == R"("step opened")");
    CHECK(at(document, "/decisions/0/candidate") == R"("b")");
    CHECK(at(document, "/decisions/0/shares") == R"({"a":7.5E1,"b":2.5E1})");
    CHECK(at(document, "/decisions/0/evidence/0/guardrails/0/name") == R"("error_rate")");
    CHECK(at(document, "/decisions/1/candidate") == "null");
    CHECK(at(document, "/decisions/1/who") == R"("ann")");
    CHECK(at(document, "/decisions/1/why") == R"("lunch")");
}

TEST_CASE("a list of rollouts leaves their decisions out", "[admin][json]") {
    auto const document = rendering::rollouts({some_rollout(), some_rollout()});

    CHECK(at(document, "/rollouts/1/route") == R"("risk")");
    CHECK(document.find("decisions") == std::string::npos);
}

TEST_CASE("of many decisions the newest are shown", "[admin][json]") {
    auto one = some_rollout();
    one.decisions.resize(70, one.decisions.front());
    one.decisions.back().decision.detail = "the last";

    auto const document = rendering::rollout(one);

    CHECK(boost::json::parse(document).at("decisions").as_array().size() == 50);
    CHECK(at(document, "/decisions/49/detail") == R"("the last")");
}

TEST_CASE("decisions of earlier processes stand before this one's", "[admin][json]") {
    auto one = some_rollout();
    auto const own = one.decisions.size();
    one.earlier = {R"({"reason":"started"})", "no JSON"};

    auto const all = boost::json::parse(rendering::rollout(one)).at("decisions").as_array();

    REQUIRE(all.size() == own + 1);
    CHECK(all.front().at("reason") == "started");
}

TEST_CASE("a rollout that nobody looked at yet has no evidence", "[admin][json]") {
    auto one = some_rollout();
    one.evidence = {};
    one.decisions.clear();

    auto const document = rendering::rollout(one);

    CHECK(at(document, "/candidates/0/guardrails") == "[]");
    CHECK(at(document, "/decisions") == "[]");
}

TEST_CASE("what is not finite is null", "[admin][json]") {
    auto one = some_rollout();
    auto& guardrail = one.evidence.candidates.front().guardrails.front();
    guardrail.broken = true;
    guardrail.log_e_rollback = std::numeric_limits<double>::infinity();
    guardrail.log_e_promotion = std::numeric_limits<double>::quiet_NaN();

    auto const document = rendering::rollout(one);

    CHECK(at(document, "/candidates/0/guardrails/0/log_e_rollback") == "null");
    CHECK(at(document, "/candidates/0/guardrails/0/log_e_promotion") == "null");
}
