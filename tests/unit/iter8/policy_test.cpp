#include "proxy/iter8/policy.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace millrace::iter8;

namespace {

using values = std::vector<std::optional<double>>;

experiment with_versions(testing_pattern pattern, std::size_t count) {
    experiment made;
    made.testing = pattern;
    for (std::size_t i = 0; i < count; ++i) {
        made.versions.push_back({"v" + std::to_string(i), {}});
    }
    return made;
}

void tell(experiment& to, const std::string& metric, const values& by_version) {
    to.metrics_known.push_back(metric);
    for (std::size_t i = 0; i < by_version.size(); ++i) {
        to.values.push_back({metric, to.versions[i].name, by_version[i]});
    }
}

void judge(experiment& to, std::optional<double> upper, std::optional<double> lower) {
    to.has_objectives = true;
    to.objectives.push_back({"latency", upper, lower, {}});
}

}  // namespace

TEST_CASE("both limits belong to what is allowed", "[iter8]") {
    objective const limits{"m", 420.0, 10.0, {}};

    CHECK(is_within(limits, 420));
    CHECK(is_within(limits, 10));
    CHECK_FALSE(is_within(limits, 420.001));
    CHECK_FALSE(is_within(limits, 9.999));
    CHECK(is_within({"m", {}, {}, {}}, 1e9));
}

TEST_CASE("a version without a value meets no objective", "[iter8]") {
    auto of = with_versions(testing_pattern::canary, 3);
    judge(of, 420.0, {});
    tell(of, "latency", {400.0, std::nullopt});

    CHECK(assess_versions(of) == assessments{{true}, {false}, {false}});

    of.values[0].number = std::numeric_limits<double>::quiet_NaN();
    CHECK(assess_versions(of).front() == std::vector<bool>{false});
}

TEST_CASE("without objectives every version is feasible", "[iter8]") {
    auto of = with_versions(testing_pattern::canary, 2);

    auto const met = assess_versions(of);

    CHECK(met.empty());
    CHECK(assess_winner(of, met).winner == 1U);
    of.has_objectives = true;
    CHECK(assess_winner(of, assess_versions(of)).winner == 1U);
}

TEST_CASE("a canary wins before the baseline, which wins before nobody", "[iter8]") {
    auto const of = with_versions(testing_pattern::canary, 2);

    CHECK(assess_winner(of, {{true}, {true}}).winner == 1U);
    CHECK(assess_winner(of, {{true}, {false}}).winner == 0U);
    CHECK(assess_winner(of, {{false}, {true}}).winner == 1U);
    auto const nobody = assess_winner(of, {{false}, {false}});
    CHECK_FALSE(nobody.winner);
    CHECK(nobody.best.empty());
}

TEST_CASE("conformance asks the baseline alone", "[iter8]") {
    auto const of = with_versions(testing_pattern::conformance, 1);

    CHECK(assess_winner(of, {{true, true}}).winner == 0U);
    CHECK_FALSE(assess_winner(of, {{true, false}}).winner);
}

TEST_CASE("the best reward of the feasible versions wins", "[iter8]") {
    auto of = with_versions(testing_pattern::a_b_n, 3);
    of.rewards.push_back({"revenue", direction::high});
    tell(of, "revenue", {323.0, 3343.0, 2326.0});

    CHECK(assess_winner(of, {{true}, {true}, {true}}).winner == 1U);
    CHECK(assess_winner(of, {{true}, {false}, {true}}).winner == 2U);
    of.rewards.front().preferred = direction::low;
    CHECK(assess_winner(of, {{true}, {true}, {true}}).winner == 0U);
}

TEST_CASE("a shared best reward has no winner, but best versions", "[iter8]") {
    auto of = with_versions(testing_pattern::a_b_n, 3);
    of.rewards.push_back({"revenue", direction::high});
    tell(of, "revenue", {1.0, 5.0, 5.0});

    auto const found = assess_winner(of, {});

    CHECK_FALSE(found.winner);
    CHECK(found.best == std::vector<std::size_t>{1, 2});
}

TEST_CASE("without a reward, or values of it, nobody wins", "[iter8]") {
    auto of = with_versions(testing_pattern::a_b, 2);
    CHECK_FALSE(assess_winner(of, {}).winner);

    of.rewards.push_back({"revenue", direction::high});
    CHECK(assess_winner(of, {}).why == "the reward has no values");

    tell(of, "revenue", {std::nullopt, std::nullopt});
    CHECK_FALSE(assess_winner(of, {}).winner);
}
