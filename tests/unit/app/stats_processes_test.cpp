#include "proxy/app/stats_functions.hpp"
#include "proxy/stats/rae_rollback.hpp"

#include "tests/unit/app/stats_vectors.hpp"

#include <catch2/catch.hpp>

using millrace::app::testing::called;
using millrace::app::testing::refused;
namespace stats = millrace::stats;

TEST_CASE("ticks run through the process of the controller", "[app][stats]") {
    stats::rae_rollback const test{{.rollback_ratio = 1.2}};
    auto state = test.start();
    state =
        test.observe(state, {.pi = 0.1, .count_a = 900, .count_b = 100, .bad_a = 9, .bad_b = 5});
    state =
        test.observe(state, {.pi = 0.5, .count_a = 500, .count_b = 500, .bad_a = 5, .bad_b = 20});

    auto const answer = called("rae_rollback_log_e", R"({"rollback_ratio":1.2,"ticks":[
        {"pi":0.1,"nA":900,"nB":100,"eA":9,"eB":5},{"pi":0.5,"nA":500,"nB":500,"eA":5,"eB":20}]})");

    CHECK(answer.value.as_double() == log_e(state).value());
}

TEST_CASE("every process begins at E = 1", "[app][stats]") {
    for (auto const* name :
         {"rae_rollback_log_e",
          "rae_promotion_log_e",
          "exceedance_margin_log_e",
          "slo_rollback_log_e",
          "slo_kept_log_e",
          "sample_ratio_log_e"}) {
        CAPTURE(name);
        CHECK(called(name, R"({"ticks":[]})").value.as_double() == Approx(0.0).margin(1e-12));
    }
}

TEST_CASE("ticks are whole counts of possible outcomes", "[app][stats]") {
    for (auto const* tick :
         {R"({"pi":0.5,"nA":1,"nB":1,"eA":2,"eB":0})",
          R"({"pi":0.5,"nA":1.5,"nB":1,"eA":0,"eB":0})",
          R"({"pi":0.5,"nA":-1,"nB":1,"eA":0,"eB":0})",
          R"({"pi":0,"nA":1,"nB":1,"eA":0,"eB":0})",
          R"({"pi":0.5,"nA":1,"nB":1,"eA":0})",
          R"(7)"}) {
        CAPTURE(tick);
        CHECK(refused(
            "rae_promotion_log_e", R"({"ticks":[)" + std::string{tick} + "]}", "'ticks' must be"
        ));
    }
}

TEST_CASE("what never comes is no number", "[app][stats]") {
    CHECK(called("remaining_units", R"({"growth":0.001})").value.as_double() == Approx(4605.17));
    CHECK(millrace::app::to_text(called("remaining_units", R"({"growth":0})").value) == "null");
}
