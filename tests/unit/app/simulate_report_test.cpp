#include "proxy/app/simulate_report.hpp"

#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

namespace millrace::app {

namespace {

simulated row() {
    simulated made{.world = "a world", .rule = "millrace", .summary = {}, .target = {}};
    made.summary.rolled_back = {.hits = 3, .runs = 200};
    made.summary.promoted = {.hits = 197, .runs = 200};
    made.summary.open = {.hits = 0, .runs = 200};
    made.summary.broken = {.hits = 0, .runs = 200};
    made.summary.wrong = {.hits = 3, .runs = 200};
    made.summary.requests = {6'000, 12'000};
    made.summary.minutes = {10, 20};
    return made;
}

}  // namespace

TEST_CASE("a row tells rates in percent, with the exact interval of what is wrong", "[app]") {
    auto const text = table_of({row()});

    CHECK(text.starts_with("| world"));
    CHECK(
        text.find("| a world | millrace | 1.5           | 98.5       | 0.0") != std::string::npos
    );
    CHECK(text.find("| 1.50 [0.17, 5.38]") != std::string::npos);
    CHECK(text.find("| 6000 / 12000") != std::string::npos);
    CHECK(text.find("| 10.0 / 20.0") != std::string::npos);
}

TEST_CASE("a target is told with whether it was reached", "[app]") {
    auto reached = row();
    reached.target = {.wrong = 0.01, .requests = 5'999};

    auto const text = table_of({reached});

    CHECK(text.find("wrong 1 % ok, 5999 requests MISSED") != std::string::npos);
    CHECK_FALSE(reached.judged().all_reached());
}

TEST_CASE("for programs rates are in [0, 1]", "[app]") {
    auto seen = row();
    seen.target = {.requests = 6'000};

    auto const made = json_of(seen);

    CHECK(made.at("world").as_string() == "a world");
    CHECK(made.at("runs").to_number<int>() == 200);
    CHECK(made.at("wrong").at("rate").as_double() == Approx(0.015));
    CHECK(made.at("wrong").at("high").as_double() == Approx(0.0538).epsilon(0.01));
    CHECK(made.at("requests").at("p90").as_double() == 12'000);
    CHECK(boost::json::serialize(made.at("targets_reached")) == R"({"requests":true})");
    CHECK_FALSE(json_of(row()).contains("targets_reached"));
}

}  // namespace millrace::app
