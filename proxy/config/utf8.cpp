#include "proxy/config/utf8.hpp"

#include <cstddef>
#include <cstdint>

namespace millrace::config {

namespace {

/// A well-formed sequence by its first byte: its length, or 0, and what the second byte may be.
struct sequence_form {
    std::size_t size;
    std::uint8_t second_min;
    std::uint8_t second_max;
};

/// RFC 3629, section 4: without overlong forms, surrogates and what is beyond U+10FFFF.
sequence_form form_of(std::uint8_t first) noexcept {
    if (first < 0x80) {
        return {1, 0, 0};
    }
    if (first < 0xC2 || first > 0xF4) {
        return {0, 0, 0};
    }
    if (first < 0xE0) {
        return {2, 0x80, 0xBF};
    }
    switch (first) {
        case 0xE0:
            return {3, 0xA0, 0xBF};
        case 0xED:
            return {3, 0x80, 0x9F};
        case 0xF0:
            return {4, 0x90, 0xBF};
        case 0xF4:
            return {4, 0x80, 0x8F};
        default:
            return {first < 0xF0 ? 3U : 4U, 0x80, 0xBF};
    }
}

/// The length of the well-formed sequence at the beginning of `text`, which is not empty, or 0.
std::size_t sequence_size(std::string_view text) noexcept {
    auto const byte = [text](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    auto const form = form_of(byte(0));
    if (text.size() < form.size) {
        return 0;
    }
    if (form.size > 1 && (byte(1) < form.second_min || byte(1) > form.second_max)) {
        return 0;
    }
    for (std::size_t i = 2; i < form.size; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U) {
            return 0;
        }
    }
    return form.size;
}

bool is_control(char c) noexcept {
    auto const byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7F;
}

}  // namespace

std::optional<bad_character> first_bad_character(std::string_view text) noexcept {
    bad_character at;
    while (!text.empty()) {
        auto const size = sequence_size(text);
        if (size == 0 || is_control(text.front())) {
            return at;
        }
        at.column += static_cast<int>(size);
        if (text.front() == '\n') {
            ++at.line;
            at.column = 1;
        }
        text.remove_prefix(size);
    }
    return std::nullopt;
}

}  // namespace millrace::config
