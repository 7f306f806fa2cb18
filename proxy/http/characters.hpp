#pragma once

#include <array>
#include <cstdint>
#include <string_view>

/// The character classes of RFC 9110 and 9112, as tables.
namespace millrace::http {

enum character_class : std::uint8_t {
    token_character = 1,   ///< tchar, RFC 9110 5.6.2
    target_character = 2,  ///< visible ASCII but '#' and '\': nothing two readers see differently
    authority_character = 4,  ///< unreserved, sub-delims but ',', '%', of a host name
    quoted_character = 8,     ///< qdtext, RFC 9110 5.6.4
};

namespace detail {

constexpr std::array<std::uint8_t, 256> make_character_table() {
    std::array<std::uint8_t, 256> table{};
    auto const mark = [&table](std::string_view characters, std::uint8_t as) {
        for (char const c : characters) {
            auto& entry = table[static_cast<unsigned char>(c)];
            entry = static_cast<std::uint8_t>(entry | as);
        }
    };
    constexpr std::string_view alphanumeric =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    mark(alphanumeric, token_character | authority_character);
    mark("!#$%&'*+-.^_`|~", token_character);
    mark("-._~%!$&'()*+;=", authority_character);
    for (std::size_t c = 0x21; c < 0x7f; ++c) {
        if (c != '#' && c != '\\') {
            table[c] = static_cast<std::uint8_t>(table[c] | target_character);
        }
    }
    for (std::size_t c = 0x20; c < 0x100; ++c) {
        if (c != '"' && c != '\\' && c != 0x7f) {
            table[c] = static_cast<std::uint8_t>(table[c] | quoted_character);
        }
    }
    table['\t'] = static_cast<std::uint8_t>(table['\t'] | quoted_character);
    return table;
}

inline constexpr auto character_table = make_character_table();

}  // namespace detail

[[nodiscard]] constexpr bool is_in(char c, character_class of) noexcept {
    return (detail::character_table[static_cast<unsigned char>(c)] & of) != 0;
}

/// The first byte in [from, end) that a field value must not hold as it is: a control other than
/// HTAB, or DEL. What stands there is CR at the end of a line, or an error.
[[nodiscard]] const char* find_control(const char* from, const char* end) noexcept;

/// The first byte in [from, end) that is no token character.
[[nodiscard]] const char* find_not_token(const char* from, const char* end) noexcept;

/// The first byte in [from, end) that is no target character.
[[nodiscard]] const char* find_not_target(const char* from, const char* end) noexcept;

/// A non-empty token.
[[nodiscard]] bool is_token(std::string_view text) noexcept;

/// host [":" port] as Host carries it: an IPv4 or [IPv6] address or a registered name, no user
/// info, no comma, port 0 to 65535 or empty after the colon (RFC 9110 7.2, RFC 3986 3.2.2).
[[nodiscard]] bool is_valid_authority(std::string_view text) noexcept;

}  // namespace millrace::http
