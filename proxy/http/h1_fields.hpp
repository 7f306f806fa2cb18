#pragma once

#include "proxy/base/error.hpp"
#include "proxy/base/field.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

/// The field section of an HTTP/1 message: the part that requests, answers and trailers share.
namespace millrace::http::detail {

/// Where in the bytes a parse stands. `at == end` with more to come: need_more.
struct cursor {
    const char* at;
    const char* end;

    [[nodiscard]] std::size_t left() const noexcept { return static_cast<std::size_t>(end - at); }
};

enum class line_state : std::uint8_t { need_more, complete, failed };

/// Consumes CR LF. On failure `error` says why; a lone CR at the end needs more.
[[nodiscard]] line_state skip_line_end(cursor& from) noexcept;

/// What the fields say about the message itself. Those fields are taken out of the list.
struct message_facts {
    std::string_view host;
    unsigned host_count = 0;
    std::string_view content_length;
    unsigned content_length_count = 0;
    std::string_view transfer_encoding;
    unsigned transfer_encoding_count = 0;
    std::string_view upgrade;
    bool has_connection = false;
    bool says_close = false;
    bool says_keep_alive = false;
    bool says_upgrade = false;
    bool lists_fields = false;  ///< Connection names fields that must be dropped
    bool accepts_trailers = false;
    bool expects_continue = false;
    bool expects_other = false;
    std::optional<std::chrono::seconds> idle_timeout;  ///< Keep-Alive: timeout=N
};

struct fields_outcome {
    line_state state = line_state::need_more;
    errc error = errc::ok;
};

/// Parses field lines up to and with the empty line. End-to-end fields go to `out`, the others into
/// `facts`; what Connection lists is removed from `out`.
[[nodiscard]] fields_outcome parse_fields(
    cursor& from, std::size_t fields_max, std::vector<field>& out, message_facts& facts
);

/// The body's length when exactly one plain Content-Length of at most 2^63 - 1 is there.
[[nodiscard]] std::optional<std::uint64_t> plain_length(const message_facts& facts) noexcept;

/// True when Transfer-Encoding is exactly one "chunked".
[[nodiscard]] bool is_plain_chunked(const message_facts& facts) noexcept;

}  // namespace millrace::http::detail
