#include "proxy/base/log.hpp"

#include <fmt/format.h>

#include <array>
#include <atomic>
#include <chrono>
#include <ctime>
#include <string>
#include <unistd.h>

namespace millrace::log {

namespace {

constexpr std::array<std::string_view, 4> level_names{"debug", "info", "warning", "error"};

std::atomic<level>& minimum_level() noexcept {
    static std::atomic<level> instance{level::info};
    return instance;
}

}  // namespace

void set_level(level minimum) noexcept {
    minimum_level().store(minimum, std::memory_order_relaxed);
}

bool enabled(level at) noexcept {
    return at >= minimum_level().load(std::memory_order_relaxed);
}

void write(level at, std::string_view message) {
    std::string line;
    line.reserve(message.size() + 80);
    line += "{\"time\":\"";
    line += wall_clock_text();
    line += "\",\"level\":\"";
    line += level_names[static_cast<std::size_t>(at)];
    line += "\",\"message\":\"";
    append_json_escaped(line, message);
    line += "\"}\n";
    // One write per line: lines of two threads never mix. A log that cannot be written has no
    // better place to say so.
    [[maybe_unused]] auto const written = ::write(STDERR_FILENO, line.data(), line.size());
}

void append_json_escaped(std::string& out, std::string_view text) {
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (byte < 0x20 || byte >= 0x7f) {
            out += fmt::format("\\u{:04x}", byte);
        } else {
            out += c;
        }
    }
}

std::string wall_clock_text() {
    auto const now = std::chrono::system_clock::now();
    auto const seconds = std::chrono::system_clock::to_time_t(now);
    auto const millis =
        std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() %
        1000;
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    return fmt::format(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        parts.tm_year + 1900,
        parts.tm_mon + 1,
        parts.tm_mday,
        parts.tm_hour,
        parts.tm_min,
        parts.tm_sec,
        millis
    );
}

}  // namespace millrace::log
