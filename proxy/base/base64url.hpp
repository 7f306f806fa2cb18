#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

/// base64url without padding (RFC 4648 section 5): safe in fields, cookies and URLs.
namespace millrace::base64url {

/// Characters that `bytes` bytes become.
[[nodiscard]] constexpr std::size_t encoded_size(std::size_t bytes) noexcept {
    return (bytes * 8 + 5) / 6;
}

/// Writes encoded_size(bytes.size()) characters to `out` and returns the end of them.
char* encode_to(char* out, std::span<const unsigned char> bytes) noexcept;

/// The bytes, or nothing when the text has a foreign character, padding, an impossible length or
/// bits that no encoder sets.
[[nodiscard]] std::optional<std::string> decode(std::string_view text);

}  // namespace millrace::base64url
