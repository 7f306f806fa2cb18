#include "proxy/metrics/registry.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <thread>

using namespace std::chrono_literals;
using millrace::errc;
using millrace::observation;
using millrace::metrics::registry;
using millrace::metrics::version_metrics;

namespace {

void exchange(version_metrics& version, const observation& observed) {
    version.begin();
    version.end(observed);
}

}  // namespace

TEST_CASE("the same names give the same accumulator, whatever is added later", "[metrics]") {
    registry all;
    auto* const first = &all.version(0, "risk", "v1");
    auto* const worker = &all.worker(0);

    for (unsigned i = 0; i < 200; ++i) {
        REQUIRE(&all.version(i % 8, "route-" + std::to_string(i), "v1") != first);
        (void)all.worker(i);
    }

    REQUIRE(&all.version(0, "risk", "v1") == first);
    REQUIRE(&all.worker(0) == worker);
}

TEST_CASE("workers, routes and backends are told apart", "[metrics]") {
    registry all;
    std::set<version_metrics*> const distinct{
        &all.version(0, "a", "b"),
        &all.version(1, "a", "b"),
        &all.version(0, "b", "a"),
        &all.version(0, "ab", ""),
        &all.version(0, "", "ab")};

    REQUIRE(distinct.size() == 5);
}

TEST_CASE("a version's totals are those of all workers", "[metrics]") {
    registry all;
    exchange(all.version(0, "risk", "v1"), {.status = 200, .latency = 10ms});
    exchange(
        all.version(3, "risk", "v1"),
        {.status = 502, .failure = errc::upstream_closed, .latency = 1s}
    );
    exchange(all.version(0, "risk", "v2"), {.status = 200, .latency = 1ms});

    auto const totals = all.totals("risk", "v1");
    auto const versions = all.versions();

    REQUIRE(totals.requests() == 2);
    REQUIRE(totals.latency.sum == 1'010ms);
    REQUIRE(versions.size() == 2);
    REQUIRE(versions[0].backend == "v1");
    REQUIRE(versions[0].requests == 2);
    REQUIRE(versions[0].error_rate == 0.5);
    REQUIRE(versions[0].latency_p50.value() > 9ms);
    REQUIRE(versions[0].latency_p50.value() < 11ms);
    REQUIRE(versions[0].latency_p99.value() > 980ms);
    REQUIRE(versions[1].error_rate == 0);
}

TEST_CASE("an unknown version has no totals, an idle one no quantiles", "[metrics]") {
    registry all;
    (void)all.version(0, "risk", "v1");

    REQUIRE(all.totals("risk", "v9").requests() == 0);
    REQUIRE_FALSE(all.versions().at(0).latency_p99);
    REQUIRE(all.versions().at(0).error_rate == 0);
}

TEST_CASE("versions come sorted by route and backend", "[metrics]") {
    registry all;
    (void)all.version(0, "b", "2");
    (void)all.version(0, "a", "9");
    (void)all.version(0, "b", "1");

    std::vector<std::string> names;
    all.for_each_version([&](auto route, auto backend, const auto&) {
        names.push_back(std::string{route} + "/" + std::string{backend});
    });

    REQUIRE(names == std::vector<std::string>{"a/9", "b/1", "b/2"});
}

TEST_CASE("weights are those of the last publish", "[metrics]") {
    registry all;
    all.set_weights({{"risk", "v1", 100, 1.0, 1}});
    all.set_weights({{"risk", "v1", 90, 0.9, 2}, {"risk", "v2", 10, 0.1, 2}});

    auto const weights = all.weights();

    REQUIRE(weights.size() == 2);
    REQUIRE(weights[1].weight == 10);
    REQUIRE(weights[1].epoch == 2);
}

TEST_CASE("reloads are counted by how they ended", "[metrics]") {
    registry all;
    all.reload_succeeded();
    all.reload_failed();
    all.reload_failed();
    all.set_table_version(7);

    auto const control = all.control();

    REQUIRE(control.reloads_ok == 1);
    REQUIRE(control.reloads_failed == 2);
    REQUIRE_FALSE(control.last_reload_ok);
    REQUIRE(control.last_success_unix_seconds > 1'600'000'000);
    REQUIRE(control.table_version == 7);
}

TEST_CASE("workers record while versions are added and read", "[metrics]") {
    registry all;
    auto& recorded = all.version(0, "risk", "v1");
    std::thread worker{[&recorded] {
        for (int i = 0; i < 100'000; ++i) {
            exchange(recorded, {.status = 200, .latency = 1ms});
        }
    }};

    for (unsigned i = 0; i < 50; ++i) {
        (void)all.version(1, "risk", "v" + std::to_string(i));
        (void)all.versions();
    }
    worker.join();

    REQUIRE(all.totals("risk", "v1").requests() == 100'000);
}
