#include "proxy/http/characters.hpp"

#include "proxy/base/ascii.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <bit>
#include <string>
#include <tmmintrin.h>

namespace millrace::http {

namespace {

/// The token characters as two rows of sixteen bytes for a shuffle: a byte is one if the row of its
/// low half has the bit of its high half (0x2 to 0x7) set.
struct nibble_rows {
    std::array<std::uint8_t, 16> by_low{};
    std::array<std::uint8_t, 16> by_high{};
};

constexpr nibble_rows make_token_rows() {
    nibble_rows rows;
    for (std::size_t high = 0; high < 8; ++high) {
        rows.by_high[high] = static_cast<std::uint8_t>(1U << high);
        for (std::size_t low = 0; low < 16; ++low) {
            if (is_in(static_cast<char>(high << 4 | low), token_character)) {
                rows.by_low[low] = static_cast<std::uint8_t>(rows.by_low[low] | 1U << high);
            }
        }
    }
    return rows;
}

constexpr auto token_rows = make_token_rows();

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
    return text.find('\0') == std::string_view::npos &&
           ::inet_pton(AF_INET6, std::string{text}.c_str(), &parsed) == 1;
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

const char* find_not_token(const char* from, const char* end) noexcept {
    auto const by_low = _mm_loadu_si128(reinterpret_cast<const __m128i*>(token_rows.by_low.data()));
    auto const by_high =
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(token_rows.by_high.data()));
    auto const nibble = _mm_set1_epi8(0x0f);
    while (end - from >= 16) {
        auto const bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
        auto const low = _mm_and_si128(bytes, nibble);
        auto const high = _mm_and_si128(_mm_srli_epi16(bytes, 4), nibble);
        auto const both =
            _mm_and_si128(_mm_shuffle_epi8(by_low, low), _mm_shuffle_epi8(by_high, high));
        auto const outside =
            static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(both, _mm_setzero_si128())));
        if (outside != 0) {
            return from + std::countr_zero(outside);
        }
        from += 16;
    }
    while (from != end && is_in(*from, token_character)) {
        ++from;
    }
    return from;
}

const char* find_not_target(const char* from, const char* end) noexcept {
    auto const space = _mm_set1_epi8(' ');
    auto const hash = _mm_set1_epi8('#');
    auto const backslash = _mm_set1_epi8('\\');
    auto const delete_byte = _mm_set1_epi8(0x7f);
    while (end - from >= 16) {
        auto const bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
        // Signed: bytes from 0x80 on are negative, so below the blank too.
        auto const inside = _mm_cmpgt_epi8(bytes, space);
        auto const barred = _mm_or_si128(
            _mm_cmpeq_epi8(bytes, hash),
            _mm_or_si128(_mm_cmpeq_epi8(bytes, backslash), _mm_cmpeq_epi8(bytes, delete_byte))
        );
        auto const allowed =
            static_cast<unsigned>(_mm_movemask_epi8(_mm_andnot_si128(barred, inside)));
        if (allowed != 0xffff) {
            return from + std::countr_one(allowed);
        }
        from += 16;
    }
    while (from != end && is_in(*from, target_character)) {
        ++from;
    }
    return from;
}

bool is_token(std::string_view text) noexcept {
    auto const* const end = text.data() + text.size();
    return !text.empty() && find_not_token(text.data(), end) == end;
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
