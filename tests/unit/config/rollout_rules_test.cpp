#include "proxy/config/rollout_rules.hpp"

#include "tests/unit/config/load_support.hpp"
#include "tests/unit/config/rollout_support.hpp"

#include <catch2/catch.hpp>

using namespace millrace;
using namespace millrace::config::test;
using Catch::Contains;

namespace {

const std::string safe = ", guardrails: [{metric: error_rate}]";

}  // namespace

TEST_CASE("candidates and primary are backends of the route", "[config][rollout]") {
    CHECK(
        rollout_errors("candidate: bb" + safe) ==
        "f:4:116: routes[0].rollout.candidate: expected a backend of the route's backend_refs, got "
        "'bb'\n"
    );
    CHECK_THAT(
        rollout_errors("candidates: [b, d], steps: [5, 100]" + safe),
        Contains("rollout.candidates[1]: expected a")
    );
    CHECK_THAT(
        rollout_errors("candidate: b, primary: d" + safe), Contains("rollout.primary: expected a")
    );
}

TEST_CASE("a wrong name is told with the nearest one", "[config][rollout]") {
    CHECK_THAT(
        errors_of(with_route(
            "backend_refs: [{backend: a}, {backend: risk-v1}], rollout: {candidate: risk-v2" +
            safe + "}"
        )),
        Contains("did you mean 'risk-v1'?")
    );
}

TEST_CASE("candidates and primary differ", "[config][rollout]") {
    CHECK_THAT(
        rollout_errors("candidate: b, primary: b" + safe),
        Contains("rollout.primary: expected another backend than a candidate, got 'b'")
    );
    CHECK_THAT(
        rollout_errors("candidates: [b, c, b]" + safe),
        Contains("rollout.candidates[2]: expected each backend once, got 'b' again")
    );
}

TEST_CASE("the primary is the other backend with the largest weight", "[config][rollout]") {
    CHECK(loaded_rollout("candidate: b" + safe).primary == "a");
    CHECK(loaded_rollout("candidate: a" + safe).primary == "b");
    CHECK(loaded_rollout("candidate: a, primary: c" + safe).primary == "c");
}

TEST_CASE("a primary that cannot be told from the weights has to be named", "[config][rollout]") {
    auto const with = [](const std::string& refs) {
        return errors_of(
            with_route("backend_refs: " + refs + ", rollout: {candidate: a" + safe + "}")
        );
    };

    CHECK_THAT(with("[{backend: a}]"), Contains("expected the key 'primary', got none"));
    CHECK(with("[{backend: a}, {backend: risk-v1}]").empty());
    CHECK_THAT(
        errors_of(with_split_route("rollout: {candidates: [a]" + safe + "}")), Catch::Equals("")
    );
    rollout::params chosen;
    chosen.candidates = {"a"};
    CHECK(config::default_primary({{"a", weight{9}}, {"b"}, {"c"}}, chosen).empty());
    CHECK(config::default_primary({{"b"}, {"c"}, {"d", weight{2}}}, chosen) == "d");
}

TEST_CASE("the steps of a progressive rollout rise to 100", "[config][rollout]") {
    CHECK_THAT(
        rollout_errors("candidate: b, steps: [5, 5, 100]" + safe),
        Contains("rollout.steps[1]: expected rising steps, got 5 behind 5")
    );
    CHECK_THAT(
        rollout_errors("candidate: b, steps: [5, 50]" + safe),
        Contains("rollout.steps[1]: expected smaller steps and 100 as the last one, got 50")
    );
    CHECK_THAT(rollout_errors("candidate: b, steps: [100]" + safe), Contains("smaller steps"));
    CHECK_THAT(
        rollout_errors("candidate: b, steps: [5, 99.5, 100]" + safe),
        Contains("rollout.steps[1]: expected at most 99 for a candidate")
    );
}

TEST_CASE("several candidates leave something to the primary", "[config][rollout]") {
    CHECK_THAT(
        rollout_errors("candidates: [b, c]" + safe),
        Contains("routes[0].rollout: expected at most 49.5 for a candidate")
    );
    CHECK(rollout_errors("candidates: [b, c], steps: [5, 49.5, 100]" + safe).empty());
}

TEST_CASE("a strategy without steps has one share", "[config][rollout]") {
    for (std::string const name : {"fixed_split", "blue_green"}) {
        INFO(name);
        auto const with = [&name](const std::string& keys) {
            return rollout_errors("candidate: b, strategy: " + name + keys + safe);
        };
        CHECK(with(", steps: [50]").empty());
        CHECK_THAT(with(""), Contains("expected one share, such as 'steps: [50]'"));
        CHECK_THAT(with(", steps: [5, 50]"), Contains("expected one share"));
        CHECK_THAT(with(", steps: [100]"), Contains("steps[0]: expected at most 99"));
    }
}

TEST_CASE("a soak time stands where it has an effect", "[config][rollout]") {
    CHECK_THAT(
        rollout_errors("candidate: b, advance: soak" + safe), Contains("expected a 'soak' time")
    );
    CHECK_THAT(
        rollout_errors("candidate: b, soak: 5m" + safe),
        Contains("rollout.soak: expected advance: soak beside a soak time")
    );
    CHECK(rollout_errors("candidate: b, soak: 0" + safe).empty());
}

TEST_CASE("each metric guards once", "[config][rollout]") {
    CHECK_THAT(
        rollout_errors(
            "candidate: b, guardrails: [{metric: latency_p99, slo: 1s}, {metric: first_byte_p99}, "
            "{metric: latency_p99}]"
        ),
        Contains("guardrails[2].metric: expected each metric once, got 'latency_p99' again")
    );
}

TEST_CASE("guardrails count no more outcomes than a worker does", "[config][rollout]") {
    std::string compared;
    for (auto const* name : {"50", "75", "80", "90", "95", "99", "99.9"}) {
        compared += std::string{"{metric: latency_p"} + name + "}, ";
    }

    CHECK(rollout_errors("candidate: b, guardrails: [" + compared + "]").empty());
    CHECK_THAT(
        rollout_errors("candidate: b, guardrails: [" + compared + "{metric: error_rate}]"),
        Contains("rollout.guardrails: expected guardrails that count at most 15 outcomes") &&
            Contains("got 16")
    );
}

TEST_CASE("on a sticky route units are judged", "[config][rollout]") {
    auto const of = [](const std::string& keys) {
        return "affinity: {header: x-user}, rollout: {candidate: b" + keys + safe + "}";
    };

    CHECK_THAT(errors_of(with_split_route(of(""))), Catch::Equals(""));
    CHECK_THAT(
        errors_of(with_split_route(of(", unit_outcome: any, unit_window: 5m, units_max: 5000"))),
        Catch::Equals("")
    );
    CHECK_THAT(
        errors_of(with_split_route(of(", unit_outcome: mean"))), Contains("rollout.unit_outcome")
    );
    CHECK(loaded_rollout("candidate: b" + safe).unit_outcome == std::nullopt);
}

TEST_CASE("the fraction of a unit's requests meets no objective", "[config][rollout]") {
    auto const of = [](const std::string& outcome) {
        return errors_of(with_split_route(
            "affinity: {query: user}, rollout: {candidate: b" + outcome +
            ", guardrails: [{metric: error_rate}, {metric: latency_p99, slo: 1s}]}"
        ));
    };

    CHECK_THAT(of(""), Contains("rollout.guardrails[1]: expected no 'slo' on a route with aff"));
    CHECK_THAT(of(", unit_outcome: one"), Catch::Equals(""));
}

TEST_CASE("what concerns units stands beside affinity", "[config][rollout]") {
    for (auto const& key : {"unit_outcome: one", "unit_window: 2m", "units_max: 5000"}) {
        CHECK_THAT(
            rollout_errors(std::string{"candidate: b, "} + key + safe),
            Contains("expected 'affinity' on the route")
        );
    }
}
