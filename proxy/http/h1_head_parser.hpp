#pragma once

#include "proxy/base/error.hpp"
#include "proxy/http/head.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace millrace::http {

/// What a head may cost.
struct head_limits {
    std::size_t start_line_bytes_max = 16'384;
    std::size_t bytes_max = 65'536;
    std::size_t fields_max = 128;
};

/// How far a parse came.
struct parse_outcome {
    enum class state : std::uint8_t { need_more, complete, failed };

    enum state state = state::need_more;
    errc error = errc::ok;     ///< why it failed
    std::size_t consumed = 0;  ///< bytes of the head, when complete
};

/// A request's head, and what only its HTTP/1 connection needs to know.
struct h1_request {
    request_head head;
    bool keep_alive = false;
};

/// An answer's head, and what only its HTTP/1 connection needs to know.
struct h1_response {
    response_head head;
    bool keep_alive = false;
    bool is_chunked = false;
    std::optional<std::chrono::seconds> idle_timeout;  ///< Keep-Alive: timeout=N
};

/// Parses a request head strictly (RFC 9112 2 to 6, RFC 9110 5 and 7): whatever two parsers could
/// read in two ways is refused, never repaired. One pass, no allocation once the vectors have
/// grown; views point into `data`. Skips one empty line in front of the request line.
///
/// Errors are those of errc that speak of the downstream; their traits tell the answer.
/// Any thread. Cost: O(bytes).
[[nodiscard]] parse_outcome parse_request_head(
    std::string_view data, const head_limits& limits, h1_request& out
);

/// Parses an answer's head with the same strictness. `request_method` tells whether a body follows.
/// Errors: upstream_bad_response, upstream_response_too_large.
[[nodiscard]] parse_outcome parse_response_head(
    std::string_view data, const head_limits& limits, method request_method, h1_response& out
);

/// Parses the field lines of a trailer section, up to and with its empty line; forbidden fields
/// (is_forbidden_in_trailers) are dropped. Errors: bad_trailer. `data` must be whole.
[[nodiscard]] errc parse_trailers(std::string_view data, std::vector<field>& out);

}  // namespace millrace::http
