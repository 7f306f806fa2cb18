#pragma once

#include "proxy/metrics/registry.hpp"

#include <chrono>

inline void exchange(
    millrace::metrics::registry& all, unsigned worker, const char* route, const char* backend
) {
    using namespace std::chrono_literals;
    auto& version = all.version(worker, route, backend);
    version.begin();
    version.end(
        {.status = 200,
         .latency = 30ms,
         .first_byte = 20ms,
         .bytes_received = 2'000,
         .bytes_sent = 1'000}
    );
}

/// The registry with something of everything.
inline void fill(millrace::metrics::registry& all) {
    using namespace std::chrono_literals;
    exchange(all, 0, "risk", "v1");
    exchange(all, 1, "risk", "v1");
    auto& failing = all.version(0, "risk", "v2");
    failing.begin();
    failing.begin();
    failing.end({.status = 502, .failure = millrace::errc::upstream_closed, .latency = 7s});
    auto& worker = all.worker(0);
    worker.connection_accepted();
    worker.request();
    worker.failure(millrace::errc::no_route);
    worker.aborted(millrace::errc::downstream_gone);
    all.set_weights({{"risk", "v1", 90, 0.9, 3}, {"risk", "v2", 10, 0.1, 3}});
    all.set_build({"0.1.0", "abc", "release"});
    all.reload_succeeded();
}
