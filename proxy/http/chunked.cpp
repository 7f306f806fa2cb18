#include "proxy/http/chunked.hpp"

#include "proxy/base/ascii.hpp"
#include "proxy/http/characters.hpp"

#include <algorithm>
#include <cstring>

namespace millrace::http {

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
        case state::size: {
            if (int const digit = ascii::hex_value(c); digit >= 0) {
                left_ = left_ << 4 | static_cast<unsigned>(digit);
                state_ = state::size;
                // The sixteenth digit must leave the sign bit clear: no sum of sizes can wrap.
                return ++digits_ <= 16 && left_ <= INT64_MAX ? errc::ok : errc::bad_chunk;
            }
            if (state_ == state::size_first) {
                return errc::bad_chunk;
            }
            if (c == '\r') {
                state_ = state::line_feed;
                return errc::ok;
            }
            state_ = state::size_blank;
            return on_extension_character(c) ? errc::ok : errc::bad_chunk;
        }
        case state::line_feed:
            return c == '\n' ? on_line_end() : errc::bad_chunk;
        case state::data_return:
            state_ = state::data_feed;
            return c == '\r' ? errc::ok : errc::bad_chunk;
        case state::data_feed:
            state_ = state::size_first;
            digits_ = 0;
            extension_bytes_ = 0;
            return c == '\n' ? errc::ok : errc::bad_chunk;
        case state::size_blank:
        case state::extension_begin:
        case state::extension_name:
        case state::extension_name_blank:
        case state::extension_value_begin:
        case state::extension_token:
        case state::extension_quoted:
        case state::extension_escape:
        case state::extension_end:
        case state::extension_end_blank:
            return on_extension_character(c) ? errc::ok : errc::bad_chunk;
        case state::data:
        case state::trailer_first:
        case state::trailer_feed:
        case state::trailer_section:
        case state::done:
            break;
    }
    return errc::bad_chunk;
}

/// chunk-ext = *( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] ), then CR.
bool chunk_decoder::on_extension_character(char c) noexcept {
    if (++extension_bytes_ > extension_bytes_max ||
        ++extension_bytes_total_ > extension_bytes_total_max) {
        return false;
    }
    bool const blank = c == ' ' || c == '\t';
    bool const token = is_in(c, token_character);
    auto const go = [this](state next) {
        state_ = next;
        return true;
    };
    switch (state_) {
        case state::size_blank:
            return blank || (c == ';' && go(state::extension_begin));
        case state::extension_begin:
            return blank || (token && go(state::extension_name));
        case state::extension_name:
        case state::extension_name_blank:
            if (c == '=') {
                return go(state::extension_value_begin);
            }
            if (blank) {
                return go(state::extension_name_blank);
            }
            if (token && state_ == state::extension_name) {
                return true;
            }
            break;
        case state::extension_value_begin:
            return blank || (c == '"' && go(state::extension_quoted)) ||
                   (token && go(state::extension_token));
        case state::extension_quoted:
            return (c == '"' && go(state::extension_end)) ||
                   (c == '\\' && go(state::extension_escape)) || is_in(c, quoted_character);
        case state::extension_escape:
            return (c == '\t' || static_cast<unsigned char>(c) >= 0x20) && c != 0x7f &&
                   go(state::extension_quoted);
        case state::extension_token:
            if (token) {
                return true;
            }
            [[fallthrough]];
        case state::extension_end:
        case state::extension_end_blank:
            if (blank) {
                return go(state::extension_end_blank);
            }
            break;
        case state::size_first:
        case state::size:
        case state::line_feed:
        case state::data:
        case state::data_return:
        case state::data_feed:
        case state::trailer_first:
        case state::trailer_feed:
        case state::trailer_section:
        case state::done:
            return false;
    }
    // After a complete extension: the next one, or the end of the line. A line that ends in blanks
    // is malformed: BWS must be followed by something.
    if (c == ';') {
        return go(state::extension_begin);
    }
    bool const after_blank =
        state_ == state::extension_name_blank || state_ == state::extension_end_blank;
    return c == '\r' && !after_blank && go(state::line_feed);
}

errc chunk_decoder::on_line_end() noexcept {
    state_ = left_ == 0 ? state::trailer_first : state::data;
    return errc::ok;
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
        case state::size_blank:
        case state::extension_begin:
        case state::extension_name:
        case state::extension_name_blank:
        case state::extension_value_begin:
        case state::extension_token:
        case state::extension_quoted:
        case state::extension_escape:
        case state::extension_end:
        case state::extension_end_blank:
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
