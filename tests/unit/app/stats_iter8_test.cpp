#include "proxy/app/stats_functions.hpp"

#include "tests/unit/app/stats_vectors.hpp"

#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

using millrace::app::testing::called;
using millrace::app::testing::check_vectors;
using millrace::app::testing::refused;

namespace {

std::string answer(std::string_view name, std::string_view arguments) {
    auto const made = called(name, arguments);
    CAPTURE(made.errors);
    REQUIRE(made.errors.empty());
    return boost::json::serialize(made.value);
}

}  // namespace

TEST_CASE("the answers of Iter8's analytics are met", "[app][stats]") {
    check_vectors("iter8.json");
}

TEST_CASE("a case finds its winner and the weights that follow", "[app][stats]") {
    CHECK(
        answer("iter8_case", R"({"latency":{"a":1,"b":2},"upperLimit":3})") ==
        R"({"versionAssessments":{"a":[true],"b":[true]},"winnerFound":true,"winner":"b",)"
        R"("bestVersions":["b"],"weights":[5,95]})"
    );
    CHECK(
        answer(
            "iter8_case",
            R"({"reward":{"a":1,"b":2,"c":0},"preferredDirection":"Low","old":[90,5,5],"maxCandidateWeightIncrement":10})"
        ) == R"({"winnerFound":true,"winner":"c","bestVersions":["c"],"weights":[82,3,15]})"
    );
}

TEST_CASE("best versions may be told by name or place", "[app][stats]") {
    CHECK(answer("iter8_case", R"({"best":[1]})") == R"({"weights":[5,95]})");
    CHECK(answer("iter8_case", R"({"best":["baseline","candidate"]})") == R"({"weights":[50,50]})");
    CHECK(
        answer("iter8_case", R"({"versions":["x","y"],"best":["y"]})") == R"({"weights":[5,95]})"
    );
    CHECK(answer("iter8_case", R"({"best":"canary"})") == R"({"weights":[5,95]})");
    CHECK(refused("iter8_case", R"({"best":["z"]})", "'best' must be"));
    CHECK(refused("iter8_case", R"({"bset":["canary"]})", "there is no argument 'bset'"));
    CHECK(refused("iter8_case", R"({"pattern":"Blue"})", "'pattern' must be"));
}

TEST_CASE("a whole experiment is analysed", "[app][stats]") {
    CHECK(
        answer(
            "iter8_analytics", R"({
            "spec": {
                "strategy": {"testingPattern": "A/B", "weights": {"maxCandidateWeight": 60, "maxCandidateWeightIncrement": 20}},
                "versionInfo": {"baseline": {"name": "default"}, "candidates": [{"name": "canary"}]},
                "criteria": {"objectives": [{"metric": "latency", "upperLimit": "420"}],
                             "rewards": [{"metric": "revenue", "preferredDirection": "High"}]}},
            "status": {
                "currentWeightDistribution": [{"name": "default", "value": 50}, {"name": "canary", "value": 50}],
                "analysis": {"aggregatedMetrics": {"data": {
                    "latency": {"data": {"default": {"value": "419"}, "canary": {"value": 412.9}}},
                    "revenue": {"data": {"default": {"value": 3}, "canary": {"value": 4}}}}}}}})"
        ) ==
        R"({"versionAssessments":{"data":{"default":[true],"canary":[true]}},)"
        R"("winnerAssessment":{"data":{"winnerFound":true,"winner":"canary","bestVersions":["canary"]},)"
        R"("message":"it has the best reward of those that meet every objective"},)"
        R"("weights":{"data":[{"name":"default","value":40},{"name":"canary","value":60}]}})"
    );
}

TEST_CASE("an experiment that is none is told", "[app][stats]") {
    auto const made = called("iter8_analytics", R"({"spec":{}})");

    REQUIRE_FALSE(made.errors.empty());
    CHECK(made.errors.front().find("strategy") != std::string::npos);
}
