#include "proxy/metrics/version_metrics.hpp"

#include <catch2/catch.hpp>

#include <memory>

using namespace std::chrono_literals;
using millrace::errc;
using millrace::observation;
using millrace::origin;
using millrace::metrics::version_metrics;
using millrace::metrics::version_totals;

namespace {

struct fixture {
    std::unique_ptr<version_metrics> version = std::make_unique<version_metrics>();

    void exchange(const observation& observed) {
        version->begin();
        version->end(observed);
    }

    [[nodiscard]] version_totals totals() const {
        version_totals all;
        version->add_to(all);
        return all;
    }
};

std::uint64_t failures_of(const version_totals& totals, origin fault) {
    return totals.failed[static_cast<std::size_t>(fault)];
}

}  // namespace

TEST_CASE_METHOD(fixture, "an exchange is in flight between its begin and its end", "[metrics]") {
    version->begin();
    version->begin();
    REQUIRE(totals().in_flight() == 2);
    REQUIRE(totals().assigned == 2);

    version->end({.status = 200});

    REQUIRE(totals().in_flight() == 1);
    REQUIRE(totals().requests() == 1);
}

TEST_CASE_METHOD(fixture, "requests are counted by the class of their status", "[metrics]") {
    for (int const status : {0, 101, 200, 204, 302, 404, 499, 503, 999}) {
        exchange({.status = static_cast<std::uint16_t>(status)});
    }

    // What is no status counts as no answer.
    REQUIRE(totals().ended == std::array<std::uint64_t, 6>{2, 1, 2, 1, 2, 1});
    REQUIRE(totals().requests() == 9);
}

TEST_CASE_METHOD(fixture, "failures are counted by whose fault they are", "[metrics]") {
    exchange({.status = 200, .failure = errc::ok});
    exchange({.status = 502, .failure = errc::upstream_closed});
    exchange({.status = 504, .failure = errc::upstream_stalled});
    exchange({.status = 0, .failure = errc::downstream_gone});
    exchange({.status = 503, .failure = errc::draining});

    REQUIRE(failures_of(totals(), origin::none) == 0);
    REQUIRE(failures_of(totals(), origin::upstream) == 2);
    REQUIRE(failures_of(totals(), origin::downstream) == 1);
    REQUIRE(failures_of(totals(), origin::gateway) == 1);
    REQUIRE(totals().failures() == 4);
}

TEST_CASE_METHOD(fixture, "an exchange without a first byte has latency only", "[metrics]") {
    exchange({.status = 200, .latency = 10ms, .first_byte = 5ms});
    exchange({.status = 504, .failure = errc::upstream_first_byte_timed_out, .latency = 1min});

    REQUIRE(totals().latency.total() == 2);
    REQUIRE(totals().latency.sum == 60'010ms);
    REQUIRE(totals().first_byte.total() == 1);
    REQUIRE(totals().first_byte.sum == 5ms);
}

TEST_CASE_METHOD(fixture, "bytes are added up in both directions", "[metrics]") {
    exchange({.status = 200, .bytes_received = 2'048, .bytes_sent = 1'024});
    exchange({.status = 200, .bytes_received = 1, .bytes_sent = 2});

    REQUIRE(totals().bytes_received == 2'049);
    REQUIRE(totals().bytes_sent == 1'026);
}

TEST_CASE("two versions share no cache line", "[metrics]") {
    STATIC_REQUIRE(alignof(version_metrics) == 64);
    STATIC_REQUIRE(sizeof(version_metrics) % 64 == 0);
    STATIC_REQUIRE(sizeof(version_metrics) <= 17 * 1024);
}

TEST_CASE_METHOD(fixture, "what a client did wrong is no error of the version", "[metrics]") {
    exchange({.status = 200});
    exchange({.status = 404});
    exchange({.status = 413, .failure = errc::body_too_large});
    exchange({.status = 0, .failure = errc::downstream_gone});
    REQUIRE(totals().errors == 0);

    exchange({.status = 500});
    exchange({.status = 200, .failure = errc::upstream_cut});
    exchange({.status = 503, .failure = errc::draining});

    REQUIRE(totals().errors == 3);
}
