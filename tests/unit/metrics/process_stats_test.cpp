#include "proxy/metrics/process_stats.hpp"

#include <catch2/catch.hpp>

#include <ctime>
#include <fcntl.h>
#include <unistd.h>

using millrace::metrics::read_process_stats;

TEST_CASE("the kernel's numbers about this process are plausible", "[metrics]") {
    auto const stats = read_process_stats();

    REQUIRE(stats);
    REQUIRE(stats->resident_bytes > 100'000);
    REQUIRE(stats->virtual_bytes >= stats->resident_bytes);
    REQUIRE(stats->threads >= 1);
    REQUIRE(stats->max_fds >= stats->open_fds);
    REQUIRE(stats->cpu_seconds >= 0);
    auto const age = static_cast<double>(::time(nullptr)) - stats->start_unix_seconds;
    REQUIRE(age > -2);
    REQUIRE(age < 24 * 3600);
}

TEST_CASE("one more open file is one more", "[metrics]") {
    auto const before = read_process_stats();
    int const fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    auto const during = read_process_stats();
    ::close(fd);

    REQUIRE(before);
    REQUIRE(during);
    REQUIRE(during->open_fds == before->open_fds + 1);
}
