#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Query strings in the form of HTML forms: `name=value&name=value`. Text is compared decoded:
/// %XX is the byte, '+' a blank; an escape that is none stands for itself. Pure, no allocation
/// unless said.
namespace millrace::routing::query {

/// One parameter as sent, not decoded.
struct parameter {
    std::string_view name;
    std::string_view value;  ///< empty also when there is no '='
    std::string_view text;   ///< both, with the '='
};

/// Cuts the first parameter off `rest`; nothing when none is left. Empty ones are delivered.
///
/// @param rest  the query without '?'; begin with all of it, null data means the end
[[nodiscard]] std::optional<parameter> next(std::string_view& rest) noexcept;

/// Reads text byte by byte as it is meant.
class decoder {
 public:
    explicit decoder(std::string_view encoded) noexcept : rest_(encoded) {}

    /// The next byte, or -1 at the end.
    int next() noexcept;

 private:
    std::string_view rest_;
};

/// Both decoded are equal.
[[nodiscard]] bool same(std::string_view encoded, std::string_view also_encoded) noexcept;

/// `encoded` decoded is `plain`.
[[nodiscard]] bool equals(std::string_view encoded, std::string_view plain) noexcept;

/// `encoded` decoded begins with `plain`.
[[nodiscard]] bool starts_with(std::string_view encoded, std::string_view plain) noexcept;

/// Allocates.
[[nodiscard]] std::string decoded(std::string_view encoded);

}  // namespace millrace::routing::query
