#include "proxy/metrics/exposition.hpp"

#include "filled_registry.hpp"

#include <catch2/catch.hpp>

using Catch::Matchers::Contains;
using millrace::metrics::params;
using millrace::metrics::registry;
using millrace::metrics::text_exposition;

TEST_CASE("reasons are named as in the list of failures", "[metrics][scrape]") {
    registry all;
    fill(all);

    auto const text = text_exposition(all, params{});

    REQUIRE_THAT(text, Contains(R"(millrace_local_answers_total{reason="no_route"} 1)"));
    REQUIRE_THAT(text, Contains(R"(millrace_aborted_exchanges_total{reason="downstream_gone"} 1)"));
    REQUIRE_THAT(text, !Contains(R"(reason="draining")"));
}

TEST_CASE("open connections are those opened and not closed", "[metrics][scrape]") {
    registry all;
    auto& worker = all.worker(0);
    worker.connection_accepted();
    worker.connection_accepted();
    worker.connection_closed();
    worker.upstream_closed();

    auto const text = text_exposition(all, params{});

    REQUIRE_THAT(text, Contains("millrace_connections_open 1\n"));
    // Closed before a reader saw it opened: no 2^64.
    REQUIRE_THAT(text, Contains("millrace_upstream_connections_open 0\n"));
}

TEST_CASE("reloads, the table and the build are shown", "[metrics][scrape]") {
    registry all;
    fill(all);
    all.reload_failed();
    all.set_table_version(12);

    auto const text = text_exposition(all, params{});

    REQUIRE_THAT(text, Contains(R"(millrace_config_reloads_total{result="success"} 1)"));
    REQUIRE_THAT(text, Contains(R"(millrace_config_reloads_total{result="failure"} 1)"));
    REQUIRE_THAT(text, Contains("millrace_config_last_reload_successful 0\n"));
    REQUIRE_THAT(text, Contains("millrace_route_table_version 12\n"));
    REQUIRE_THAT(
        text,
        Contains(R"(millrace_build_info{version="0.1.0",revision="abc",build_type="release"} 1)")
    );
}

TEST_CASE("the process is shown under Prometheus' own names", "[metrics][scrape]") {
    registry const all;

    auto const text = text_exposition(all, params{});

    for (auto const* name :
         {"process_cpu_seconds_total ",
          "process_resident_memory_bytes ",
          "process_virtual_memory_bytes ",
          "process_open_fds ",
          "process_max_fds ",
          "process_start_time_seconds "}) {
        REQUIRE_THAT(text, Contains(name));
    }
}
