#include "proxy/base/base64url.hpp"

#include <cstdint>

#if defined(__SSSE3__)
#include <tmmintrin.h>
#endif

namespace millrace::base64url {

namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

#if defined(__SSSE3__)

/// The six-bit values of twelve bytes, one in each byte (Mula, Lemire 2018, "Faster Base64 Encoding
/// and Decoding using AVX2 Instructions", ACM TWEB 12:3, section 3).
__m128i six_bit_values(const unsigned char* twelve) noexcept {
    auto const bytes = _mm_shuffle_epi8(
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(twelve)),
        _mm_set_epi8(10, 11, 9, 10, 7, 8, 6, 7, 4, 5, 3, 4, 1, 2, 0, 1)
    );
    auto const even = _mm_mulhi_epu16(
        _mm_and_si128(bytes, _mm_set1_epi32(0x0fc0fc00)), _mm_set1_epi32(0x04000040)
    );
    auto const odd = _mm_mullo_epi16(
        _mm_and_si128(bytes, _mm_set1_epi32(0x003f03f0)), _mm_set1_epi32(0x01000010)
    );
    return _mm_or_si128(even, odd);
}

/// Adds to each value what makes it its letter: the distance depends on the range it is in.
__m128i letters_of(__m128i values) noexcept {
    constexpr char digits = '0' - 52;
    auto const distances = _mm_setr_epi8(
        'a' - 26,
        digits,
        digits,
        digits,
        digits,
        digits,
        digits,
        digits,
        digits,
        digits,
        digits,
        '-' - 62,
        '_' - 63,
        'A',
        0,
        0
    );
    auto const upper_case = _mm_cmpgt_epi8(_mm_set1_epi8(26), values);
    auto const range = _mm_or_si128(
        _mm_subs_epu8(values, _mm_set1_epi8(51)), _mm_and_si128(upper_case, _mm_set1_epi8(13))
    );
    return _mm_add_epi8(values, _mm_shuffle_epi8(distances, range));
}

/// Sixteen letters at a time while sixteen bytes may be read. @return  how many bytes were encoded
std::size_t encode_blocks(char*& out, std::span<const unsigned char> bytes) noexcept {
    std::size_t i = 0;
    for (; i + 16 <= bytes.size(); i += 12, out += 16) {
        auto const letters = letters_of(six_bit_values(bytes.data() + i));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(out), letters);
    }
    return i;
}

#else

std::size_t encode_blocks(char*&, std::span<const unsigned char>) noexcept {
    return 0;
}

#endif

int value_of(char c) noexcept {
    auto const at = alphabet.find(c);
    return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

}  // namespace

char* encode_to(char* out, std::span<const unsigned char> bytes) noexcept {
    std::size_t i = encode_blocks(out, bytes);
    for (; i + 3 <= bytes.size(); i += 3) {
        std::uint32_t const word = static_cast<std::uint32_t>(bytes[i]) << 16 |
                                   static_cast<std::uint32_t>(bytes[i + 1]) << 8 | bytes[i + 2];
        for (int shift = 18; shift >= 0; shift -= 6) {
            *out++ = alphabet[word >> shift & 63];
        }
    }
    std::size_t const left = bytes.size() - i;
    if (left == 1) {
        *out++ = alphabet[bytes[i] >> 2];
        *out++ = alphabet[(bytes[i] & 3) << 4];
    } else if (left == 2) {
        *out++ = alphabet[bytes[i] >> 2];
        *out++ = alphabet[(bytes[i] & 3) << 4 | bytes[i + 1] >> 4];
        *out++ = alphabet[(bytes[i + 1] & 15) << 2];
    }
    return out;
}

std::optional<std::string> decode(std::string_view text) {
    if (text.size() % 4 == 1) {
        return std::nullopt;
    }
    std::string bytes;
    bytes.reserve(text.size() * 3 / 4);
    std::uint32_t pending = 0;
    int bits = 0;
    for (char const c : text) {
        int const value = value_of(c);
        if (value < 0) {
            return std::nullopt;
        }
        pending = pending << 6 | static_cast<std::uint32_t>(value);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes.push_back(static_cast<char>(pending >> bits & 0xff));
        }
    }
    if ((pending & ((1U << bits) - 1)) != 0) {
        return std::nullopt;
    }
    return bytes;
}

}  // namespace millrace::base64url
