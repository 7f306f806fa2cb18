#include "proxy/control/label_streams.hpp"

#include <catch2/catch.hpp>

using namespace millrace::control;  // NOLINT(google-build-using-namespace): the subject
using millrace::rollout::metric_kind;
using millrace::rollout::outcome_kind;

TEST_CASE("labels feed accuracy, and nothing else of a plan", "[control]") {
    millrace::rollout::params chosen;
    chosen.candidates = {"v2"};
    chosen.guardrails = {
        {.kind = metric_kind::error_rate},
        {.kind = metric_kind::accuracy, .age = std::chrono::minutes{3}}};
    auto const planned = make_plan(chosen, std::chrono::seconds{30});

    auto const streams = label_streams_of(planned, chosen);

    REQUIRE(streams.size() == 1);
    CHECK(planned.outcomes[streams[0].outcome].kind == outcome_kind::label_wrong);
    CHECK(streams[0].takes == label_stream::feed::labels);
    CHECK(streams[0].age == std::chrono::minutes{3});
    CHECK(is_fed_by_labels(planned.outcomes[streams[0].outcome]));
    CHECK_FALSE(is_fed_by_labels(planned.outcomes[0]));
    chosen.guardrails.pop_back();
    CHECK(label_streams_of(make_plan(chosen, std::chrono::seconds{30}), chosen).empty());
}

TEST_CASE("scores feed rewards, on the scale that the file gives", "[control]") {
    millrace::rollout::params chosen;
    chosen.candidates = {"v2"};
    chosen.rewards = {{.name = "stars", .min = 1, .max = 5}};
    auto const planned = make_plan(chosen, std::chrono::seconds{30});

    auto const streams = label_streams_of(planned, chosen);

    REQUIRE(streams.size() == 1);
    CHECK(planned.outcomes[streams[0].outcome].kind == outcome_kind::reward);
    CHECK(is_fed_by_labels(planned.outcomes[streams[0].outcome]));
    CHECK(streams[0].takes == label_stream::feed::scores);
    CHECK(streams[0].max == 5);
}
