#include "proxy/app/stats_functions.hpp"
#include "proxy/stats/contrast_bet.hpp"

#include "tests/unit/app/stats_vectors.hpp"

#include <catch2/catch.hpp>

using millrace::app::testing::called;
using millrace::app::testing::refused;
namespace stats = millrace::stats;

TEST_CASE("betting takes one pi or one for each outcome", "[app][stats]") {
    auto const one = called("ipw_betting_log_e", R"({"y":[1,0,1],"w":[1,0,1],"pi":0.3})");
    auto const each =
        called("ipw_betting_log_e", R"({"y":[1,0,1],"w":[1,0,1],"pi":[0.3,0.3,0.3]})");

    CHECK(one.value == each.value);
    CHECK(
        refused("ipw_betting_log_e", R"({"y":[1,0,1],"w":[1,0,1],"pi":[0.3,0.3]})", "equally long")
    );
    CHECK(refused("ipw_betting_log_e", R"({"y":[1],"w":[0.5],"pi":0.3})", "'w' must be"));
    CHECK(refused("ipw_betting_log_e", R"({"y":[1],"w":[1],"pi":0.3,"sign":0})", "1 or -1"));
}

TEST_CASE("scores run through a contrast bet", "[app][stats]") {
    auto const test = stats::contrast_bet::rollback();
    auto state = test.start();
    for (auto const& outcome :
         {stats::scored_outcome{true, 0.2},
          stats::scored_outcome{false, 0.9},
          stats::scored_outcome{true, 0.1}}) {
        state = test.observe(state, {.pi = 0.3, .outcomes = {&outcome, 1}});
    }

    auto const answer =
        called("contrast_log_e", R"({"y":[0.2,0.9,0.1],"w":[1,0,1],"pi":0.3,"sign":-1})");

    CHECK(answer.value.as_double() == log_e(state).value());
    CHECK(refused("contrast_log_e", R"({"y":[0.2],"w":[1,0],"pi":0.3})", "equally long"));
    CHECK(refused("contrast_log_e", R"({"y":[0.2],"w":[1],"pi":0.3,"sign":0.5})", "1 or -1"));
}
