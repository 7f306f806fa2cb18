#include "proxy/config/utf8.hpp"

#include <cstddef>
#include <cstdint>

namespace millrace::config {

namespace {

/// The length of the well-formed sequence at the beginning of `text`, or 0. Overlong forms,
/// surrogates and what is beyond U+10FFFF are not well-formed.
std::size_t sequence_size(std::string_view text) noexcept {
    auto const byte = [text](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : std::uint8_t{0};
    };
    auto const tail = [&byte](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
    auto const first = byte(0);
    if (first < 0x80) {
        return 1;
    }
    if (first >= 0xC2 && first <= 0xDF) {
        return tail(1) ? 2 : 0;
    }
    if (first >= 0xE0 && first <= 0xEF) {
        bool const overlong = first == 0xE0 && byte(1) < 0xA0;
        bool const surrogate = first == 0xED && byte(1) > 0x9F;
        return tail(1) && tail(2) && !overlong && !surrogate ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        bool const overlong = first == 0xF0 && byte(1) < 0x90;
        bool const beyond = first == 0xF4 && byte(1) > 0x8F;
        return tail(1) && tail(2) && tail(3) && !overlong && !beyond ? 4 : 0;
    }
    return 0;
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
