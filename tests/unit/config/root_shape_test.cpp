#include "tests/unit/config/load_support.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>

using namespace millrace;
using namespace millrace::config;
using namespace millrace::config::test;
using namespace std::chrono_literals;

TEST_CASE("the process's own keys are read", "[config]") {
    auto const read = loaded(
        with_basics("workers: 4\ndata_dir: /d\nlog: {level: debug, access: /var/log/a, "
                    "access_queue_lines_max: 9}\n"
                    "metrics: {latency_buckets: [500us, 1ms, 2s], first_byte_buckets: [1ms]}\n")
    );

    CHECK(read.workers == 4);
    CHECK(read.data_dir == "/d");
    CHECK(read.log_level == log::level::debug);
    CHECK(read.access_log.path == "/var/log/a");
    CHECK(read.access_log.queue_lines_max == 9);
    CHECK(read.metrics.latency_buckets == metrics::params::bounds{500us, 1ms, 2s});
    CHECK(read.metrics.first_byte_buckets == metrics::params::bounds{1ms});
}

TEST_CASE("the access log can be off", "[config]") {
    CHECK(loaded(with_basics("log: {access: stdout}")).access_log.path == "stdout");
    CHECK(loaded(with_basics("log: {access: off}")).access_log.path.empty());
    CHECK(loaded(with_basics("log: {access: false}")).access_log.path.empty());
    CHECK_FALSE(errors_of(with_basics("log: {access: true}")).empty());
}

TEST_CASE("buckets rise and are at most twenty", "[config]") {
    CHECK(
        errors_of(with_basics("metrics: {latency_buckets: [1ms, 1ms]}")) ==
        "f:5:34: metrics.latency_buckets[1]: expected rising bounds, got '1ms' behind '1ms'\n"
    );
    CHECK_FALSE(errors_of(with_basics("metrics: {latency_buckets: []}")).empty());
    CHECK_FALSE(errors_of(with_basics("metrics: {latency_buckets: [0]}")).empty());
}

TEST_CASE("the key that places units can be a secret", "[config]") {
    setenv("MILLRACE_TEST_AFFINITY_KEY", "0123456789abcdef", 1);

    auto const read = loaded(with_basics("affinity_key: {secret_env: MILLRACE_TEST_AFFINITY_KEY}"));

    CHECK(read.table.affinity_key == derive_siphash_key("0123456789abcdef"));
}

TEST_CASE("a secret that stands in the file is refused and not repeated", "[config]") {
    CHECK(
        errors_of(with_basics("affinity_key: hunter2-hunter2-hunter2")) ==
        "f:5:15: affinity_key: expected a mapping, got text\n"
    );
}

TEST_CASE("features that come later are refused as such", "[config]") {
    CHECK(
        errors_of(with_basics("tracing: {}")) ==
        "f:5:1: tracing: 'tracing' is not built yet in this version\n"
    );
}
