#include "proxy/metrics/exposition.hpp"

#include <catch2/catch.hpp>

using Catch::Matchers::Contains;
using namespace millrace::metrics;

TEST_CASE("fetches and values of custom metrics are shown", "[metrics][scrape]") {
    registry all;
    custom_metric_report report;
    report.fetches = {{"latency", "fresh", 3}, {"latency", "provider down", 1}};
    report.seconds = {{"latency", 0.5}};
    report.values = {{"risk", "latency", "v2", 12.5}};
    all.set_custom_metrics(report);

    auto const text = text_exposition(all, params{});

    CHECK_THAT(
        text, Contains(R"(millrace_custom_metric_fetches_total{metric="latency",state="fresh"} 3)")
    );
    CHECK_THAT(
        text,
        Contains(R"(millrace_custom_metric_fetches_total{metric="latency",state="provider down"} 1)"
        )
    );
    CHECK_THAT(
        text, Contains(R"(millrace_custom_metric_fetch_seconds_total{metric="latency"} 0.5)")
    );
    CHECK_THAT(
        text,
        Contains(R"(millrace_custom_metric_value{route="risk",metric="latency",version="v2"} 12.5)")
    );
}

TEST_CASE("without custom metrics there are no families of them", "[metrics][scrape]") {
    registry const all;

    CHECK_THAT(text_exposition(all, params{}), !Contains("custom_metric"));
}
