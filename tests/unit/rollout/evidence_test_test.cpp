#include "proxy/rollout/evidence_test.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace millrace::rollout {

namespace {

constexpr stats::tick twice_as_bad{
    .pi = 0.5, .count_a = 5'000, .count_b = 5'000, .bad_a = 50, .bad_b = 100};
constexpr stats::tick equal{
    .pi = 0.5, .count_a = 5'000, .count_b = 5'000, .bad_a = 50, .bad_b = 50};

std::vector<evidence_test> against_harm() {
    return {stats::rae_rollback{{}}, stats::slo_rollback{{.tolerated = 0.01}}};
}

std::vector<evidence_test> for_promotion() {
    return {
        stats::rae_promotion{{.max_ratio = 1.5}},
        stats::contrast_bet::promote(0.02),
        stats::slo_kept{{.tolerated = 0.02}}};
}

/// Log E after the same tick ten times: bets learn from what was before.
double after_ten(const evidence_test& test, const stats::tick& seen) {
    auto state = start(test);
    for (int i = 0; i < 10; ++i) {
        state = observe(test, state, seen);
    }
    return log_e(state).value();
}

}  // namespace

TEST_CASE("each test starts without evidence", "[rollout]") {
    for (auto const& tests : {against_harm(), for_promotion()}) {
        for (auto const& test : tests) {
            CHECK(log_e(start(test)).value() == Approx(0).margin(1e-12));
        }
    }
}

TEST_CASE("harm grows the tests against it, and only those", "[rollout]") {
    for (auto const& test : against_harm()) {
        CAPTURE(test.index());
        CHECK(after_ten(test, twice_as_bad) > 10);
        CHECK(after_ten(test, equal) < 1);
    }
}

TEST_CASE("an equal candidate grows the tests for promotion", "[rollout]") {
    for (auto const& test : for_promotion()) {
        CAPTURE(test.index());
        CHECK(after_ten(test, equal) > 3);
    }
    CHECK(after_ten(stats::rae_promotion{{.max_ratio = 1.5}}, twice_as_bad) < -10);
}

TEST_CASE("a faster candidate grows the exceedance test", "[rollout]") {
    auto faster = twice_as_bad;
    std::swap(faster.bad_a, faster.bad_b);

    CHECK(after_ten(stats::exceedance_margin{}, faster) > 10);
    CHECK(after_ten(stats::exceedance_margin{}, twice_as_bad) < -10);
}

TEST_CASE("a forecast's growth has the sign of what happens", "[rollout]") {
    stats::rates const harm{.pi = 0.5, .a = 0.01, .b = 0.02};
    stats::rates const none{.pi = 0.5, .a = 0.01, .b = 0.01};

    CHECK(growth_in(stats::rae_rollback{{}}, harm) > 0);
    CHECK(growth_in(stats::rae_promotion{{}}, none) > 0);
    CHECK(growth_in(stats::rae_promotion{{}}, harm) < growth_in(stats::rae_promotion{{}}, none));
    CHECK(growth_in(stats::contrast_bet::promote(0.02), none) > 0);
}

TEST_CASE("new thresholds keep the evidence and forget the rates", "[rollout]") {
    for (auto const& test :
         {evidence_test{stats::rae_rollback{{}}}, {stats::exceedance_margin{}}}) {
        auto const before = observe(test, start(test), twice_as_bad);
        auto const after = with_new_threshold(before);
        CHECK(log_e(after) == log_e(before));
        CHECK(after != before);
    }
    auto const accuracy = observe(
        stats::contrast_bet::promote(0.02), start(stats::contrast_bet::promote(0.02)), equal
    );
    CHECK(with_new_threshold(accuracy) == accuracy);
}

}  // namespace millrace::rollout
