#include "proxy/metrics/exposition.hpp"

#include "filled_registry.hpp"

#include <catch2/catch.hpp>
#include <fmt/core.h>

using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using millrace::metrics::params;
using millrace::metrics::registry;
using millrace::metrics::text_exposition;

TEST_CASE("a version's series carry its names and nothing of its epoch", "[metrics][scrape]") {
    registry all;
    fill(all);

    auto const text = text_exposition(all, params{});

    REQUIRE_THAT(
        text, Contains(R"(millrace_requests_total{route="risk",version="v1",code_class="2xx"} 2)")
    );
    REQUIRE_THAT(
        text, Contains(R"(millrace_failures_total{route="risk",version="v2",origin="upstream"} 1)")
    );
    REQUIRE_THAT(text, Contains(R"(millrace_requests_in_flight{route="risk",version="v2"} 1)"));
    REQUIRE_THAT(text, Contains(R"(millrace_request_bytes_total{route="risk",version="v1"} 4000)"));
    REQUIRE_THAT(
        text, Contains(R"(millrace_response_bytes_total{route="risk",version="v1"} 2000)")
    );
    REQUIRE_THAT(text, Contains(R"(millrace_weight{route="risk",version="v2"} 10)"));
    REQUIRE_THAT(text, !Contains("epoch"));
}

TEST_CASE("histograms show the bounds of the params, cumulatively", "[metrics][scrape]") {
    registry all;
    fill(all);
    params shown;
    shown.latency_buckets = {1ms, 25ms, 50ms, 10s};

    auto const text = text_exposition(all, shown);

    auto const bucket = [](const char* version, const char* bound, int count) {
        return fmt::format(
            R"(millrace_request_duration_seconds_bucket{{route="risk",version="{}",le="{}"}} {})",
            version,
            bound,
            count
        );
    };
    REQUIRE_THAT(text, Contains(bucket("v1", "0.001", 0)));
    REQUIRE_THAT(text, Contains(bucket("v1", "0.025", 0)));
    REQUIRE_THAT(text, Contains(bucket("v1", "0.05", 2)));
    REQUIRE_THAT(text, Contains(bucket("v1", "+Inf", 2)));
    REQUIRE_THAT(text, Contains(bucket("v2", "0.05", 0)));
    REQUIRE_THAT(text, Contains(bucket("v2", "10", 1)));
    REQUIRE_THAT(
        text, Contains(R"(millrace_request_duration_seconds_sum{route="risk",version="v1"} 0.06)")
    );
}

TEST_CASE("versions and families without traffic are left out", "[metrics][scrape]") {
    registry all;
    (void)all.version(0, "risk", "v1");

    auto const text = text_exposition(all, params{});

    REQUIRE_THAT(text, !Contains("millrace_requests_total"));
    REQUIRE_THAT(text, !Contains("millrace_request_duration_seconds"));
    REQUIRE_THAT(text, !Contains("risk"));
    REQUIRE_THAT(text, Contains("millrace_build_info"));
}
