#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace millrace::payload {

/// Finds one value in a JSON text that passes by in parts of any size, and keeps what it says.
/// Holds nothing up and buffers nothing but the value: strings, depth and place are all that it
/// follows, so what is no JSON is not noticed as such, it only does not hold the value. Of a member
/// that stands twice the first one counts. Lifetime: a value; the pointer outlives it. Thread: one.
/// No allocation; some nanoseconds a byte, none once the value is found or cannot come any more.
///
///   json_value_scanner scanner{{{"result", "0"}}, 65'536};  // /result/0 of RFC 6901
///   scanner.take(part);  …  scanner.end();
///   if (scanner.found()) { use(scanner.text()); }
class json_value_scanner {
 public:
    static constexpr std::size_t value_bytes_max = 240;

    /// @param pointer    the tokens of a JSON pointer (RFC 6901), unescaped; at least one
    /// @param bytes_max  how much of the text is looked at
    json_value_scanner(std::span<const std::string> pointer, std::uint64_t bytes_max) noexcept
        : pointer_{pointer}, bytes_left_{bytes_max} {}

    /// The next part of the text.
    void take(std::string_view bytes) noexcept;

    /// The text is over.
    void end() noexcept;

    [[nodiscard]] bool found() const noexcept { return progress_ == progress::found; }

    /// True when further parts change nothing.
    [[nodiscard]] bool done() const noexcept { return progress_ != progress::looking; }

    /// The value as JSON, as it stands in the text. Empty: not found, or longer than
    /// value_bytes_max.
    [[nodiscard]] std::string_view text() const noexcept {
        return found() ? std::string_view{value_.data(), value_bytes_} : std::string_view{};
    }

 private:
    enum class progress : std::uint8_t { looking, found, absent };
    /// What the next character belongs to.
    enum class place : std::uint8_t { between, literal, string, escape, hexadecimal };

    static constexpr std::size_t depth_max = 64;

    void take(char c) noexcept;
    void take_between(char c) noexcept;
    void take_in_string(char c) noexcept;
    void take_escaped(char c) noexcept;
    void take_hexadecimal(char c) noexcept;
    void begin_string() noexcept;
    void begin_value(char c) noexcept;
    void open(char c) noexcept;
    void close() noexcept;
    void end_literal() noexcept;
    void next_element() noexcept;
    void keep(char c) noexcept;
    void compare_key(char c) noexcept;
    void compare_code_point(std::uint32_t code) noexcept;
    [[nodiscard]] bool in_object() const noexcept;
    [[nodiscard]] bool is_on_path() const noexcept;
    [[nodiscard]] bool is_next_on_path() const noexcept;

    std::span<const std::string> pointer_;
    std::uint64_t bytes_left_;
    std::uint64_t objects_ = 0;     // by depth, a bit: it is an object, not an array
    std::uint32_t depth_ = 0;       // open containers
    std::uint32_t path_depth_ = 0;  // how many of these lead to the value
    std::uint64_t index_ = 0;       // of the element, in the innermost array of the path
    std::size_t key_matched_ = 0;   // characters
    std::uint32_t keep_depth_ = 0;  // where the value that is kept began
    std::uint32_t code_ = 0;        // of an escape, so far
    std::uint32_t high_surrogate_ = 0;
    std::uint8_t code_digits_ = 0;
    progress progress_ = progress::looking;
    place place_ = place::between;
    bool keeping_ = false;
    bool expects_key_ = false;
    bool is_key_ = false;       // the string that passes by
    bool key_matches_ = false;  // the key that passed by last
    std::size_t value_bytes_ = 0;
    std::array<char, value_bytes_max> value_{};
};

}  // namespace millrace::payload
