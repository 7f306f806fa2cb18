#include "proxy/app/system_limits.hpp"

#include <catch2/catch.hpp>

#include <sys/resource.h>

#include <sched.h>
#include <set>

using namespace millrace::app;  // NOLINT(google-build-using-namespace): every line here needs it

TEST_CASE("the cores that may be used are those of the affinity", "[app][limits]") {
    cpu_set_t before;
    REQUIRE(::sched_getaffinity(0, sizeof before, &before) == 0);
    CHECK(usable_cores() == static_cast<std::uint32_t>(CPU_COUNT(&before)));

    cpu_set_t one;
    CPU_ZERO(&one);
    for (std::size_t cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (CPU_ISSET(cpu, &before)) {
            CPU_SET(cpu, &one);
            break;
        }
    }
    REQUIRE(::sched_setaffinity(0, sizeof one, &one) == 0);
    CHECK(usable_cores() == 1);
    REQUIRE(::sched_setaffinity(0, sizeof before, &before) == 0);
}

TEST_CASE("the limit of open files is raised as far as it goes", "[app][limits]") {
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    auto lowered = before;
    lowered.rlim_cur = 64;
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &lowered) == 0);

    auto const raised = raise_open_files_limit();

    CHECK(raised == before.rlim_max);
    rlimit after{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &after) == 0);
    CHECK(after.rlim_cur == before.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &before);
}

TEST_CASE("the system's random numbers differ", "[app][limits]") {
    std::set<std::uint64_t> seen;

    for (int i = 0; i < 100; ++i) {
        seen.insert(system_random());
    }

    CHECK(seen.size() == 100);
}
