#include "proxy/metrics/process_stats.hpp"

#include <sys/resource.h>

#include <array>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <system_error>
#include <unistd.h>

namespace millrace::metrics {

namespace {

// Fields of /proc/PID/stat after the command's closing bracket, counted from 0 (proc(5) counts
// from 1 and has two fields before them: the number there minus 3).
enum stat_field : std::size_t {
    utime = 11,
    stime = 12,
    num_threads = 17,
    start_time = 19,
    vsize = 20,
    rss = 21,
    stat_fields = 22,
};

std::optional<std::array<std::uint64_t, stat_fields>> read_stat() {
    std::ifstream file{"/proc/self/stat"};
    std::string const text{std::istreambuf_iterator<char>{file}, {}};
    // The command may hold blanks and brackets: only its last bracket ends it.
    auto const end_of_command = text.rfind(')');
    if (end_of_command == std::string::npos) {
        return std::nullopt;
    }
    std::istringstream words{text.substr(end_of_command + 1)};
    std::string state;
    words >> state;
    std::array<std::uint64_t, stat_fields> fields{};
    for (std::size_t i = 1; i < fields.size(); ++i) {
        std::int64_t value = 0;
        if (!(words >> value)) {
            return std::nullopt;
        }
        fields[i] = static_cast<std::uint64_t>(value);
    }
    return fields;
}

double boot_unix_seconds() {
    std::ifstream file{"/proc/stat"};
    std::string word;
    while (file >> word) {
        if (word == "btime") {
            double seconds = 0;
            file >> seconds;
            return seconds;
        }
    }
    return 0;
}

std::uint64_t count_open_fds() {
    std::error_code error;
    std::filesystem::directory_iterator entry{"/proc/self/fd", error};
    std::uint64_t count = 0;
    while (!error && entry != std::filesystem::directory_iterator{}) {
        ++count;
        entry.increment(error);
    }
    // One of them is the directory that is being read.
    return count > 0 ? count - 1 : 0;
}

}  // namespace

std::optional<process_stats> read_process_stats() {
    auto const fields = read_stat();
    if (!fields) {
        return std::nullopt;
    }
    auto const ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    process_stats stats;
    stats.cpu_seconds = static_cast<double>((*fields)[utime] + (*fields)[stime]) / ticks;
    stats.start_unix_seconds =
        boot_unix_seconds() + static_cast<double>((*fields)[start_time]) / ticks;
    stats.resident_bytes = (*fields)[rss] * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    stats.virtual_bytes = (*fields)[vsize];
    stats.threads = (*fields)[num_threads];
    stats.open_fds = count_open_fds();
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        stats.max_fds = limit.rlim_cur;
    }
    return stats;
}

}  // namespace millrace::metrics
