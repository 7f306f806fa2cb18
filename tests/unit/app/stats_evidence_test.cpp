#include "proxy/app/stats_functions.hpp"

#include "tests/unit/app/stats_vectors.hpp"

#include <catch2/catch.hpp>

using millrace::app::testing::called;
using millrace::app::testing::check_vectors;
using millrace::app::testing::refused;

TEST_CASE("closed forms of the rollout tests are met", "[app][stats]") {
    check_vectors("evidence.json");
}

TEST_CASE("events are counts of one pi or segments, not both", "[app][stats]") {
    auto const counts = called(
        "rae_event_log_e", R"({"events_baseline":20,"events_candidate":45,"pi_candidate":0.5})"
    );
    auto const segment = called("rae_event_log_e", R"({"segments":[{"eA":20,"eB":45,"pi":0.5}]})");

    CHECK(counts.value == segment.value);
    CHECK(refused("rae_event_log_e", "{}", "either"));
    CHECK(refused("rae_event_log_e", R"({"segments":[]})", "either"));
    CHECK(refused("rae_event_log_e", R"({"events_baseline":20,"pi_candidate":0.5})", "either"));
    CHECK(refused(
        "rae_event_log_e",
        R"({"pi_candidate":0.5,"segments":[{"eA":20,"eB":45,"pi":0.5}]})",
        "either"
    ));
}

TEST_CASE("mixtures may have weights", "[app][stats]") {
    auto const uniform = called(
        "rae_event_log_e",
        R"({"segments":[{"eA":2,"eB":4,"pi":0.5}],"grid":[2,3],"weights":"uniform"})"
    );
    auto const equal = called(
        "rae_event_log_e", R"({"segments":[{"eA":2,"eB":4,"pi":0.5}],"grid":[2,3],"weights":[5,5]})"
    );

    CHECK(uniform.value.as_double() == Approx(equal.value.as_double()));
    CHECK(refused(
        "rae_event_log_e",
        R"({"segments":[{"eA":2,"eB":4,"pi":0.5}],"grid":[2,3],"weights":[1]})",
        "as long as 'grid'"
    ));
    CHECK(refused(
        "rae_event_log_e",
        R"({"segments":[{"eA":2,"eB":4,"pi":0.5}],"grid":[2],"weights":[0]})",
        "'weights' must be"
    ));
    CHECK(
        refused("rae_event_log_e", R"({"segments":[{"eA":2,"eB":4,"pi":1}]})", "'segments' must be")
    );
}

TEST_CASE("evidence refuses counts that cannot be", "[app][stats]") {
    CHECK(refused("srm_beta_log_e", R"({"n_candidate":3,"n_total":2,"pi":0.5})", "must not exceed")
    );
    CHECK(refused(
        "slo_exceedance_log_e",
        R"({"exceedances":3,"n":2,"p0":0.5,"grid":[0.6]})",
        "must not exceed"
    ));
    CHECK(refused(
        "bernoulli_sr_edetector", R"({"p0":0.5,"grid":[0.6],"bits":"012"})", "'bits' must be"
    ));
}
