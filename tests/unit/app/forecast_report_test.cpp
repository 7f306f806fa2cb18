#include "proxy/app/forecast_report.hpp"

#include <catch2/catch.hpp>

using Catch::Contains;
using millrace::app::forecast_text;

TEST_CASE("a forecast tells requests and time, or that it never comes", "[app][forecast]") {
    auto const text = forecast_text(
        {{.name = "error_rate",
          .share = 50,
          .harm = "1 -> 2 %",
          .requests_to_rollback = 6'000,
          .requests_to_promotion = std::nullopt}},
        10
    );

    CHECK_THAT(text, Contains("error_rate"));
    CHECK_THAT(text, Contains("50 %"));
    CHECK_THAT(text, Contains("1 -> 2 %"));
    CHECK_THAT(text, Contains("6000 requests, 25 days"));
    CHECK_THAT(text, Contains("never"));
}
