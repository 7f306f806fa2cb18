#pragma once

#include "proxy/http/byte_buffer.hpp"
#include "proxy/http/head.hpp"

#include <array>
#include <string_view>
#include <vector>

/// Heads and chunks as HTTP/1.1 bytes, made anew from validated parts. Any thread.
namespace millrace::http {

/// How an answer's body is delimited towards an HTTP/1 client.
enum class body_framing : std::uint8_t { none, length, chunked, until_close };

void append_request_head(byte_buffer& out, const request_head& head);

struct response_framing {
    body_framing body = body_framing::none;
    bool close = false;       ///< say Connection: close
    bool keep_alive = false;  ///< say Connection: keep-alive, to an HTTP/1.0 client that asked
};

void append_response_head(byte_buffer& out, const response_head& head, response_framing framing);

/// What stands in front of and behind one chunk. Lifetime of the views: the frame's.
class chunk_frame {
 public:
    /// @param bytes  of the chunk's data; 0 with `last`: the last chunk alone
    /// @param last   adds the last chunk and the trailer section
    chunk_frame(std::size_t bytes, bool last, const std::vector<field>& trailers);

    [[nodiscard]] std::string_view before() const noexcept {
        return {before_.data(), before_size_};
    }

    [[nodiscard]] std::string_view after() const noexcept {
        return trailer_section_.size() == 0 ? after_ : trailer_section_.text();
    }

 private:
    std::array<char, 20> before_{};
    std::size_t before_size_ = 0;
    std::string_view after_;
    byte_buffer trailer_section_;
};

}  // namespace millrace::http
