#include "proxy/http/chunked.hpp"

#include "proxy/base/ascii.hpp"
#include "proxy/http/characters.hpp"

#include <algorithm>
#include <cstring>

namespace millrace::http {

namespace {

bool is_blank(char c) noexcept {
    return c == ' ' || c == '\t';
}

}  // namespace

chunk_extension::verdict chunk_extension::go(state next) noexcept {
    state_ = next;
    return verdict::goes_on;
}

chunk_extension::verdict chunk_extension::take(char c) noexcept {
    switch (state_) {
        case state::blank:
            if (c == ';') {
                return go(state::begin);
            }
            return is_blank(c) ? verdict::goes_on : verdict::malformed;
        case state::begin:
        case state::name:
        case state::name_blank:
            return in_name(c);
        case state::value_begin:
        case state::token:
            return in_value(c);
        case state::quoted:
        case state::escape:
            return in_quotes(c);
        case state::end:
        case state::end_blank:
            break;
    }
    return after_one(c);
}

chunk_extension::verdict chunk_extension::in_name(char c) noexcept {
    if (is_in(c, token_character) && state_ != state::name_blank) {
        return go(state::name);
    }
    if (state_ == state::begin) {
        return is_blank(c) ? verdict::goes_on : verdict::malformed;
    }
    if (c == '=') {
        return go(state::value_begin);
    }
    return is_blank(c) ? go(state::name_blank) : after_one(c);
}

chunk_extension::verdict chunk_extension::in_quotes(char c) noexcept {
    if (state_ == state::escape) {
        bool const printable = static_cast<unsigned char>(c) >= 0x20 && c != 0x7f;
        return printable || c == '\t' ? go(state::quoted) : verdict::malformed;
    }
    if (c == '"') {
        return go(state::end);
    }
    if (c == '\\') {
        return go(state::escape);
    }
    return is_in(c, quoted_character) ? verdict::goes_on : verdict::malformed;
}

chunk_extension::verdict chunk_extension::in_value(char c) noexcept {
    if (is_in(c, token_character)) {
        return go(state::token);
    }
    if (state_ == state::token) {
        return after_one(c);
    }
    if (c == '"') {
        return go(state::quoted);
    }
    return is_blank(c) ? verdict::goes_on : verdict::malformed;
}

/// After a complete extension: the next one, or the end of the line. A line that ends in blanks is
/// malformed: BWS must be followed by something.
chunk_extension::verdict chunk_extension::after_one(char c) noexcept {
    bool const after_blank = state_ == state::name_blank || state_ == state::end_blank;
    if (c == ';') {
        return go(state::begin);
    }
    if (c == '\r') {
        return after_blank ? verdict::malformed : verdict::ended;
    }
    return is_blank(c) ? go(state::end_blank) : verdict::malformed;
}

chunk_decoder::step chunk_decoder::decode(std::span<char> data) {
    step result;
    char* const begin = data.data();
    char* const end = begin + data.size();
    char* at = begin;
    char* payload_end = nullptr;
    while (at != end && state_ != state::done && result.error == errc::ok) {
        if (state_ == state::data) {
            auto const run = static_cast<std::size_t>(
                std::min<std::uint64_t>(left_, static_cast<std::uint64_t>(end - at))
            );
            if (payload_end == nullptr) {
                result.payload_begin = static_cast<std::size_t>(at - begin);
                payload_end = at;
            } else if (payload_end != at) {
                std::memmove(payload_end, at, run);
            }
            payload_end += run;
            at += run;
            left_ -= run;
            if (left_ == 0) {
                state_ = state::data_return;
            }
        } else if (state_ >= state::trailer_first) {
            result.error = on_trailer_character(*at++);
        } else {
            result.error = on_size_character(*at++);
        }
    }
    if (payload_end != nullptr) {
        result.payload_bytes = static_cast<std::size_t>(payload_end - begin) - result.payload_begin;
    }
    result.consumed = static_cast<std::size_t>(at - begin);
    result.done = state_ == state::done;
    return result;
}

errc chunk_decoder::on_size_character(char c) noexcept {
    switch (state_) {
        case state::size_first:
        case state::size:
            if (int const digit = ascii::hex_value(c); digit >= 0) {
                return on_digit(static_cast<unsigned>(digit));
            }
            if (state_ == state::size_first) {
                return errc::bad_chunk;
            }
            if (c == '\r') {
                state_ = state::line_feed;
                return errc::ok;
            }
            state_ = state::extension;
            extension_ = {};
            return on_extension_character(c);
        case state::extension:
            return on_extension_character(c);
        case state::line_feed:
            state_ = left_ == 0 ? state::trailer_first : state::data;
            return c == '\n' ? errc::ok : errc::bad_chunk;
        case state::data_return:
            state_ = state::data_feed;
            return c == '\r' ? errc::ok : errc::bad_chunk;
        case state::data_feed:
            state_ = state::size_first;
            digits_ = 0;
            extension_bytes_ = 0;
            return c == '\n' ? errc::ok : errc::bad_chunk;
        case state::data:
        case state::trailer_first:
        case state::trailer_feed:
        case state::trailer_section:
        case state::done:
            break;
    }
    return errc::bad_chunk;
}

errc chunk_decoder::on_digit(unsigned digit) noexcept {
    left_ = left_ << 4 | digit;
    state_ = state::size;
    // The sixteenth digit must leave the sign bit clear: no sum of sizes can wrap.
    return ++digits_ <= 16 && left_ <= INT64_MAX ? errc::ok : errc::bad_chunk;
}

errc chunk_decoder::on_extension_character(char c) noexcept {
    if (++extension_bytes_ > extension_bytes_max ||
        ++extension_bytes_total_ > extension_bytes_total_max) {
        return errc::bad_chunk;
    }
    switch (extension_.take(c)) {
        case chunk_extension::verdict::goes_on:
            return errc::ok;
        case chunk_extension::verdict::ended:
            state_ = state::line_feed;
            return errc::ok;
        case chunk_extension::verdict::malformed:
            break;
    }
    return errc::bad_chunk;
}

errc chunk_decoder::on_trailer_character(char c) {
    switch (state_) {
        case state::trailer_first:
            if (c == '\r') {
                state_ = state::trailer_feed;
                return errc::ok;
            }
            state_ = state::trailer_section;
            trailers_.push_back(c);
            return c == '\n' ? errc::bad_trailer : errc::ok;
        case state::trailer_feed:
            state_ = state::done;
            return c == '\n' ? errc::ok : errc::bad_trailer;
        case state::trailer_section: {
            trailers_.push_back(c);
            if (c == '\n' && trailers_[trailers_.size() - 2] != '\r') {
                return errc::bad_trailer;
            }
            if (std::string_view{trailers_}.ends_with("\r\n\r\n")) {
                state_ = state::done;
            }
            return trailers_.size() > trailer_bytes_max ? errc::bad_trailer : errc::ok;
        }
        case state::size_first:
        case state::size:
        case state::extension:
        case state::line_feed:
        case state::data:
        case state::data_return:
        case state::data_feed:
        case state::done:
            break;
    }
    return errc::bad_trailer;
}

}  // namespace millrace::http
