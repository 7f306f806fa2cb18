#include "proxy/admin/path_pattern.hpp"

#include "proxy/base/ascii.hpp"

#include <cstddef>

namespace millrace::admin {

namespace {

// One path segment without its percent encoding; nothing when that is broken.
std::optional<std::string> decoded(std::string_view segment) {
    std::string text;
    for (std::size_t i = 0; i < segment.size(); ++i) {
        if (segment[i] != '%') {
            text += segment[i];
            continue;
        }
        int const high = i + 2 < segment.size() ? ascii::hex_value(segment[i + 1]) : -1;
        int const low = high >= 0 ? ascii::hex_value(segment[i + 2]) : -1;
        if (low < 0) {
            return std::nullopt;
        }
        text += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return text;
}

}  // namespace

std::optional<std::string> match_path(std::string_view pattern, std::string_view path) {
    constexpr std::string_view hole = "{name}";
    auto const at = pattern.find(hole);
    if (at == std::string_view::npos) {
        return pattern == path ? std::optional{std::string{}} : std::nullopt;
    }
    auto const before = pattern.substr(0, at);
    auto const after = pattern.substr(at + hole.size());
    bool const fits = path.size() > before.size() + after.size() && path.starts_with(before) &&
                      path.ends_with(after);
    if (!fits) {
        return std::nullopt;
    }
    auto const segment = path.substr(before.size(), path.size() - before.size() - after.size());
    return segment.find('/') == std::string_view::npos ? decoded(segment) : std::nullopt;
}

}  // namespace millrace::admin
