// Guards "recording an exchange takes at most 50 ns".

#include "proxy/metrics/registry.hpp"

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace {

using millrace::errc;
using millrace::observation;
using millrace::metrics::registry;
using millrace::metrics::version_metrics;

// Latencies that fall into many buckets, as real ones do.
std::vector<observation> observations() {
    std::vector<observation> all;
    for (int i = 0; i < 256; ++i) {
        auto const latency = std::chrono::microseconds{80 + i * i};
        all.push_back(
            {.status = static_cast<std::uint16_t>(i % 16 == 0 ? 502 : 200),
             .failure = i % 16 == 0 ? errc::upstream_closed : errc::ok,
             .latency = latency,
             .first_byte = latency / 2,
             .bytes_received = 2'048,
             .bytes_sent = 1'024}
        );
    }
    return all;
}

// One version, everything in the cache.
void record_exchange(benchmark::State& state) {
    registry all;
    auto& version = all.version(0, "risk", "v1");
    auto const observed = observations();
    std::size_t i = 0;
    for ([[maybe_unused]] auto _ : state) {
        version.begin();
        version.end(observed[i++ % observed.size()]);
    }
}

BENCHMARK(record_exchange);

// As many versions as range(0), one after the other: what a worker with many routes sees.
void record_exchange_over_versions(benchmark::State& state) {
    registry all;
    std::vector<version_metrics*> versions;
    versions.reserve(static_cast<std::size_t>(state.range(0)));
    for (int i = 0; i < state.range(0); ++i) {
        versions.push_back(&all.version(0, "route-" + std::to_string(i), "v1"));
    }
    auto const observed = observations();
    std::size_t i = 0;
    for ([[maybe_unused]] auto _ : state) {
        auto& version = *versions[i % versions.size()];
        version.begin();
        version.end(observed[i % observed.size()]);
        ++i;
    }
}

BENCHMARK(record_exchange_over_versions)->Arg(2)->Arg(100)->Arg(2000);

void record_worker_counters(benchmark::State& state) {
    registry all;
    auto& worker = all.worker(0);
    for ([[maybe_unused]] auto _ : state) {
        worker.request();
        worker.upstream_reused();
    }
}

BENCHMARK(record_worker_counters);

}  // namespace

BENCHMARK_MAIN();
