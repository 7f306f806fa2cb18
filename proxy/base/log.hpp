#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <string_view>

/// The operational log: one JSON object a line on standard error, for people and collectors alike.
/// Any thread; never from the path of a request that succeeds.
namespace millrace::log {

enum class level : std::uint8_t { debug, info, warning, error };

/// Messages below `minimum` are dropped. Default: info. Any thread.
void set_level(level minimum) noexcept;

[[nodiscard]] bool enabled(level at) noexcept;

void write(level at, std::string_view message);

template <class... Args>
void debug(fmt::format_string<Args...> format, Args&&... args) {
    if (enabled(level::debug)) {
        write(level::debug, fmt::format(format, std::forward<Args>(args)...));
    }
}

template <class... Args>
void info(fmt::format_string<Args...> format, Args&&... args) {
    if (enabled(level::info)) {
        write(level::info, fmt::format(format, std::forward<Args>(args)...));
    }
}

template <class... Args>
void warning(fmt::format_string<Args...> format, Args&&... args) {
    if (enabled(level::warning)) {
        write(level::warning, fmt::format(format, std::forward<Args>(args)...));
    }
}

template <class... Args>
void error(fmt::format_string<Args...> format, Args&&... args) {
    write(level::error, fmt::format(format, std::forward<Args>(args)...));
}

/// Appends `text` as the inside of a JSON string: quotes, backslashes, controls and what is not
/// ASCII are escaped, each foreign byte as the code point of the same number (Latin-1).
void append_json_escaped(std::string& out, std::string_view text);

/// The wall clock as RFC 3339 in UTC with milliseconds.
[[nodiscard]] std::string wall_clock_text();

}  // namespace millrace::log
