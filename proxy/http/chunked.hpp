#pragma once

#include "proxy/base/error.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace millrace::http {

/// Reads one chunk extension line (RFC 9112 7.1.1) character by character:
/// chunk-ext = *( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] ), then CR.
class chunk_extension {
 public:
    enum class verdict : std::uint8_t { goes_on, ended, malformed };

    /// @param c  the next character of the line, from the first one after the size
    [[nodiscard]] verdict take(char c) noexcept;

 private:
    enum class state : std::uint8_t {
        blank,
        begin,
        name,
        name_blank,
        value_begin,
        token,
        quoted,
        escape,
        end,
        end_blank,
    };

    [[nodiscard]] verdict go(state next) noexcept;
    [[nodiscard]] verdict in_name(char c) noexcept;
    [[nodiscard]] verdict in_value(char c) noexcept;
    [[nodiscard]] verdict in_quotes(char c) noexcept;
    [[nodiscard]] verdict after_one(char c) noexcept;

    state state_ = state::blank;
};

/// Decodes the chunked transfer coding (RFC 9112 7.1) in place, in any split of the bytes. Strict:
/// CR LF only, one to sixteen hexadecimal digits, well-formed and bounded extensions, bounded
/// trailers. A value of its stream. Thread: the worker's.
///
///   auto step = decoder.decode(received);
///   forward(received.subspan(step.payload_begin, step.payload_bytes));
class chunk_decoder {
 public:
    struct step {
        std::size_t payload_begin = 0;  ///< where the decoded bytes stand in the input now
        std::size_t payload_bytes = 0;
        std::size_t consumed = 0;  ///< input that was used up; the rest belongs to the next message
        bool done = false;         ///< the last chunk and the trailers have been read
        errc error = errc::ok;     ///< bad_chunk or bad_trailer: nothing after it can be trusted
    };

    /// Moves the payload of all chunks in `data` together. Cost: O(bytes), no allocation without
    /// trailers.
    [[nodiscard]] step decode(std::span<char> data);

    /// The raw trailer section with its last empty line; empty when there was none.
    [[nodiscard]] std::string_view trailer_section() const noexcept { return trailers_; }

    static constexpr std::size_t extension_bytes_max = 1'024;        // of one chunk line
    static constexpr std::size_t extension_bytes_total_max = 8'192;  // of one message
    static constexpr std::size_t trailer_bytes_max = 8'192;

 private:
    enum class state : std::uint8_t {
        size_first,
        size,
        extension,
        line_feed,
        data,
        data_return,
        data_feed,
        trailer_first,
        trailer_feed,
        trailer_section,
        done,
    };

    [[nodiscard]] errc on_size_character(char c) noexcept;
    [[nodiscard]] errc on_digit(unsigned digit) noexcept;
    [[nodiscard]] errc on_extension_character(char c) noexcept;
    [[nodiscard]] errc on_trailer_character(char c);

    state state_ = state::size_first;
    chunk_extension extension_;
    std::uint8_t digits_ = 0;
    std::uint16_t extension_bytes_ = 0;
    std::uint16_t extension_bytes_total_ = 0;
    std::uint64_t left_ = 0;
    std::string trailers_;
};

}  // namespace millrace::http
