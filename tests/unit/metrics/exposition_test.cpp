#include "proxy/metrics/exposition.hpp"

#include "proxy/metrics/process_stats.hpp"

#include "filled_registry.hpp"

#include <catch2/catch.hpp>
#include <fmt/core.h>
#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>

using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using millrace::errc;
using millrace::metrics::params;
using millrace::metrics::registry;
using millrace::metrics::text_exposition;

namespace {

int run(const char* command) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): the test has one thread.
    int const status = std::system(command);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// The exit code of a command that reads `input`.
int run_on(const std::string& input, const char* command) {
    auto* const pipe = ::popen(command, "w");
    REQUIRE(pipe != nullptr);
    std::fwrite(input.data(), 1, input.size(), pipe);
    int const status = ::pclose(pipe);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_CASE("names are escaped", "[metrics][scrape]") {
    registry all;
    exchange(all, 0, "a\"b\\c\nd", "v1");

    REQUIRE_THAT(text_exposition(all, params{}), Contains(R"(route="a\"b\\c\nd")"));
}

TEST_CASE("the collectable yields the families of the text", "[metrics][scrape]") {
    registry all;
    fill(all);

    auto const families = millrace::metrics::make_collectable(all, params{})->Collect();

    REQUIRE(families.size() > 20);
    REQUIRE(families.front().name == "millrace_requests_total");
}

TEST_CASE("promtool finds nothing to complain about", "[metrics][scrape]") {
    if (run("command -v promtool >/dev/null 2>&1") != 0) {
        WARN("promtool is not installed: the names and units of /metrics are NOT checked");
        return;
    }
    registry all;
    fill(all);

    REQUIRE(run_on(text_exposition(all, params{}), "promtool check metrics") == 0);
}

// The figures that the documentation promises, with all classes of traffic on every version.
TEST_CASE("a thousand routes stay under 100 MB and a scrape under 5 MB", "[metrics][scrape]") {
    auto const resident = [] { return millrace::metrics::read_process_stats()->resident_bytes; };
    auto const before = resident();
    registry all;
    std::vector<millrace::metrics::weight_entry> weights;

    for (int route = 0; route < 1'000; ++route) {
        auto const name = fmt::format("route-{:04}", route);
        for (auto const* backend : {"primary", "candidate"}) {
            auto const version = fmt::format("{}-{:04}", backend, route);
            weights.push_back({name, version, 50, 0.5, 1});
            for (unsigned worker = 0; worker < 2; ++worker) {
                auto& recorded = all.version(worker, name, version);
                for (int i = 0; i < 60; ++i) {
                    auto const latency = std::chrono::microseconds{100 + i * i * 900 + route};
                    recorded.begin();
                    recorded.end(
                        {.status = static_cast<std::uint16_t>(i % 10 == 0 ? 502 : 200),
                         .failure = i % 10 == 0 ? errc::upstream_closed : errc::ok,
                         .latency = latency,
                         .first_byte = latency / 2,
                         .bytes_received = 123'456'789,
                         .bytes_sent = 1'234'567}
                    );
                }
            }
        }
    }
    all.set_weights(std::move(weights));
    auto const after = resident();
    auto const begun = millrace::clock::now();
    auto const text = text_exposition(all, params{});
    auto const took = millrace::clock::now() - begun;

    auto const growth = after > before ? after - before : 0;
    WARN(fmt::format(
        "1000 routes x 2 versions x 2 workers: registry {:.1f} MB, scrape {:.2f} MB in {} ms",
        static_cast<double>(growth) / 1e6,
        static_cast<double>(text.size()) / 1e6,
        took / 1ms
    ));
#ifndef __SANITIZE_THREAD__  // its shadow would be counted
    CHECK(growth < 100'000'000);
#endif
    CHECK(text.size() < 5'000'000);
}
