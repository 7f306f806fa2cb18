#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Text rules of protocols: ASCII only, never the locale's.
namespace millrace::ascii {

[[nodiscard]] constexpr char to_lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

[[nodiscard]] constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

[[nodiscard]] constexpr bool is_alpha(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// The value of a hexadecimal digit, or -1.
[[nodiscard]] constexpr int hex_value(char c) noexcept {
    if (is_digit(c)) {
        return c - '0';
    }
    char const lower = to_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// Equal but for the case of letters.
[[nodiscard]] bool iequals(std::string_view a, std::string_view b) noexcept;

[[nodiscard]] std::string lowered(std::string_view text);

/// Without blanks and tabs at both ends (OWS of RFC 9110 5.6.3).
[[nodiscard]] constexpr std::string_view trimmed(std::string_view text) noexcept {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
        text.remove_prefix(1);
    }
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
        text.remove_suffix(1);
    }
    return text;
}

/// Digits only, at least one, no sign, no overflow; else nothing.
[[nodiscard]] std::optional<std::uint64_t> parse_decimal(std::string_view text) noexcept;

/// Calls `visit(element)` for each element of a comma-separated list, trimmed, empty ones skipped
/// (RFC 9110 5.6.1.2). Stops and returns false when `visit` does.
template <class Visit>
bool for_each_element(std::string_view list, Visit&& visit) {
    while (true) {
        auto const comma = list.find(',');
        auto const element = trimmed(list.substr(0, comma));
        if (!element.empty() && !visit(element)) {
            return false;
        }
        if (comma == std::string_view::npos) {
            return true;
        }
        list.remove_prefix(comma + 1);
    }
}

}  // namespace millrace::ascii
