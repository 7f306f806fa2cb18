#include "proxy/metrics/worker_metrics.hpp"

#include <catch2/catch.hpp>

using millrace::errc;
using millrace::metrics::worker_metrics;
using millrace::metrics::worker_totals;

TEST_CASE("the totals of workers are added up", "[metrics]") {
    worker_metrics first;
    worker_metrics second;

    first.connection_accepted();
    first.connection_closed();
    second.connection_accepted();
    second.connection_refused();
    first.request();
    first.request_without_route();
    first.upstream_opened();
    second.upstream_reused();
    second.upstream_closed();
    second.upstream_failed();
    first.access_log_dropped(3);
    worker_totals totals;
    first.add_to(totals);
    second.add_to(totals);

    REQUIRE(totals.connections_accepted == 2);
    REQUIRE(totals.connections_closed == 1);
    REQUIRE(totals.connections_refused == 1);
    REQUIRE(totals.requests == 1);
    REQUIRE(totals.requests_without_route == 1);
    REQUIRE(totals.upstream_opened == 1);
    REQUIRE(totals.upstream_reused == 1);
    REQUIRE(totals.upstream_closed == 1);
    REQUIRE(totals.upstream_failed == 1);
    REQUIRE(totals.access_log_dropped == 3);
}

TEST_CASE("each reason has its own count, the first and the last too", "[metrics]") {
    worker_metrics worker;

    worker.failure(errc::ok);
    worker.failure(errc::header_too_large);
    worker.failure(errc::header_too_large);
    worker.failure(errc::internal);
    worker.aborted(errc::downstream_gone);
    worker_totals totals;
    worker.add_to(totals);

    REQUIRE(totals.local_answers[0] == 1);
    REQUIRE(totals.local_answers[static_cast<std::size_t>(errc::header_too_large)] == 2);
    REQUIRE(totals.local_answers.back() == 1);
    REQUIRE(totals.aborted[static_cast<std::size_t>(errc::downstream_gone)] == 1);
}

TEST_CASE("buffered bytes are what stands now, over all workers", "[metrics]") {
    worker_metrics first;
    worker_metrics second;

    first.buffered_bytes(1'000);
    first.buffered_bytes(10);
    second.buffered_bytes(5);
    worker_totals totals;
    first.add_to(totals);
    second.add_to(totals);

    REQUIRE(totals.buffered_bytes == 15);
}
