#include "proxy/base/base64url.hpp"

#include <array>
#include <cstdint>
#include <cstring>

namespace millrace::base64url {

namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The two letters of every twelve bits: half the look-ups.
constexpr auto letter_pairs = [] {
    std::array<char, 2 * 4096> pairs{};
    for (std::size_t i = 0; i < 4096; ++i) {
        pairs[2 * i] = alphabet[i >> 6];
        pairs[2 * i + 1] = alphabet[i & 63];
    }
    return pairs;
}();

int value_of(char c) noexcept {
    auto const at = alphabet.find(c);
    return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

}  // namespace

char* encode_to(char* out, std::span<const unsigned char> bytes) noexcept {
    std::size_t i = 0;
    for (; i + 3 <= bytes.size(); i += 3) {
        std::uint32_t const word = static_cast<std::uint32_t>(bytes[i]) << 16 |
                                   static_cast<std::uint32_t>(bytes[i + 1]) << 8 | bytes[i + 2];
        std::memcpy(out, letter_pairs.data() + 2 * (word >> 12), 2);
        std::memcpy(out + 2, letter_pairs.data() + 2 * (word & 0xfff), 2);
        out += 4;
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
