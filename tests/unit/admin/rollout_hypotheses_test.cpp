#include "proxy/admin/rollout_hypotheses.hpp"

#include <catch2/catch.hpp>

using millrace::admin::hypotheses;
using namespace millrace::rollout;
using namespace std::chrono_literals;

namespace {

guardrail_params latency(double quantile) {
    guardrail_params made;
    made.kind = metric_kind::latency;
    made.quantile = quantile;
    return made;
}

}  // namespace

TEST_CASE("the hypotheses about errors carry their margins", "[admin][rollout]") {
    guardrail_params params;
    CHECK(hypotheses(params).rollback == "the candidate fails no more often than the primary");
    CHECK(
        hypotheses(params).promotion ==
        "the candidate fails at least 1.5 times as often as the primary, and in at least 0.5 % of "
        "its requests"
    );

    params.rollback_ratio = 1.25;
    params.max_ratio = 2;
    params.floor = 0.01;
    CHECK_THAT(hypotheses(params).rollback, Catch::Contains("at most 1.25 times"));
    CHECK_THAT(
        hypotheses(params).promotion, Catch::Contains("least 2 times") && Catch::Contains("1 %")
    );
}

TEST_CASE("a quantile is compared with the primary's", "[admin][rollout]") {
    auto const both = hypotheses(latency(0.999));

    CHECK_THAT(both.rollback, Catch::Contains("beyond the primary's p99.9 of latency no more"));
    CHECK_THAT(both.promotion, Catch::Contains("beyond 1.2 times the primary's p99.9 of latency"));
}

TEST_CASE("an objective alone is no comparison", "[admin][rollout]") {
    auto params = latency(0.99);
    params.slo = 300ms;
    CHECK(
        hypotheses(params).promotion ==
        "the candidate's latency is beyond 300 ms in at least 1 % of its requests"
    );

    params.max_ratio = 1.1;
    CHECK_THAT(hypotheses(params).promotion, Catch::Contains("beyond 1.1 times the primary's p99"));
    CHECK_THAT(
        hypotheses(params).rollback, Catch::Contains("primary's p99") && Catch::Contains("; or the")
    );
}

TEST_CASE("every kind of metric has its hypotheses", "[admin][rollout]") {
    for (auto const kind :
         {metric_kind::error_rate,
          metric_kind::latency,
          metric_kind::first_byte,
          metric_kind::accuracy}) {
        guardrail_params params;
        params.kind = kind;
        CHECK_FALSE(hypotheses(params).rollback.empty());
        CHECK_FALSE(hypotheses(params).promotion.empty());
    }
}

TEST_CASE("clients are compared by the part of their requests that is bad", "[admin][rollout]") {
    auto const by = millrace::stats::unit_outcome::fraction;
    guardrail_params params;
    CHECK_THAT(hypotheses(params, by).rollback, Catch::Contains("on average no larger"));
    CHECK(hypotheses(params, by).promotion == "it is at least 0.005 larger");
    CHECK_THAT(
        hypotheses(latency(0.99), by).promotion,
        Catch::Contains("beyond 1.2 times the primary's p99 is no smaller")
    );
    params.kind = metric_kind::accuracy;
    CHECK(hypotheses(params, by).promotion == "it is at least 0.02 larger");
    CHECK(
        hypotheses(params, millrace::stats::unit_outcome::one).promotion ==
        hypotheses(params).promotion
    );
}
