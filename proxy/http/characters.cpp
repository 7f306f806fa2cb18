#include "proxy/http/characters.hpp"

#include "proxy/base/ascii.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <bit>
#include <emmintrin.h>
#include <string>

namespace millrace::http {

namespace {

bool is_forbidden_in_value(char c) noexcept {
    auto const byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
}

bool is_port(std::string_view text) noexcept {
    if (text.empty()) {
        return true;
    }
    auto const number = ascii::parse_decimal(text);
    return number && *number <= 65'535;
}

bool is_ipv6(std::string_view text) {
    in6_addr parsed{};
    return ::inet_pton(AF_INET6, std::string{text}.c_str(), &parsed) == 1;
}

/// Every '%' begins two hexadecimal digits.
bool has_sound_escapes(std::string_view text) noexcept {
    for (auto at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 3)) {
        if (at + 2 >= text.size() || ascii::hex_value(text[at + 1]) < 0 ||
            ascii::hex_value(text[at + 2]) < 0) {
            return false;
        }
    }
    return true;
}

}  // namespace

const char* find_control(const char* from, const char* end) noexcept {
    // Sixteen bytes at a time: most values hold nothing special (a control is <= 0x1f, DEL 0x7f).
    auto const highest_control = _mm_set1_epi8(0x1f);
    auto const delete_byte = _mm_set1_epi8(0x7f);
    auto const tab = _mm_set1_epi8('\t');
    while (end - from >= 16) {
        auto const bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
        auto const controls = _mm_cmpeq_epi8(_mm_min_epu8(bytes, highest_control), bytes);
        auto const forbidden = _mm_or_si128(
            _mm_andnot_si128(_mm_cmpeq_epi8(bytes, tab), controls),
            _mm_cmpeq_epi8(bytes, delete_byte)
        );
        auto const found = static_cast<unsigned>(_mm_movemask_epi8(forbidden));
        if (found != 0) {
            return from + std::countr_zero(found);
        }
        from += 16;
    }
    while (from != end && !is_forbidden_in_value(*from)) {
        ++from;
    }
    return from;
}

bool is_token(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return is_in(c, token_character);
    });
}

bool is_valid_authority(std::string_view text) noexcept {
    if (text.starts_with('[')) {
        auto const close = text.find(']');
        if (close == std::string_view::npos || !is_ipv6(text.substr(1, close - 1))) {
            return false;
        }
        auto const rest = text.substr(close + 1);
        return rest.empty() || (rest.front() == ':' && is_port(rest.substr(1)));
    }
    auto const colon = text.find(':');
    auto const host = text.substr(0, colon);
    if (host.empty() || !std::all_of(host.begin(), host.end(), [](char c) {
            return is_in(c, authority_character);
        })) {
        return false;
    }
    return has_sound_escapes(host) &&
           (colon == std::string_view::npos || is_port(text.substr(colon + 1)));
}

}  // namespace millrace::http
