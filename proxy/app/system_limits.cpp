#include "proxy/app/system_limits.hpp"

#include "proxy/base/assert.hpp"

#include <sys/random.h>
#include <sys/resource.h>

#include <algorithm>
#include <sched.h>

namespace millrace::app {

std::uint32_t usable_cores() noexcept {
    cpu_set_t cores;
    CPU_ZERO(&cores);
    if (::sched_getaffinity(0, sizeof cores, &cores) != 0) {
        return 1;
    }
    return static_cast<std::uint32_t>(std::max(1, CPU_COUNT(&cores)));
}

std::uint64_t raise_open_files_limit() noexcept {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return 0;
    }
    auto const before = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    return ::setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : before;
}

std::uint64_t system_random() {
    std::uint64_t bits = 0;
    MILLRACE_ASSERT(::getrandom(&bits, sizeof bits, 0) == sizeof bits);
    return bits;
}

}  // namespace millrace::app
