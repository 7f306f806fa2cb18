#pragma once

#include "proxy/base/field.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

/// HTTP messages as the gateway thinks of them, whichever version carries them. Connection-specific
/// fields and framing never show here: a codec takes them out and puts its own in.
namespace millrace::http {

enum class method : std::uint8_t {
    other,
    get,
    head,
    post,
    put,
    del,
    options,
    patch,
    connect,
    trace
};

[[nodiscard]] method method_of(std::string_view name) noexcept;

/// True for methods that may be sent twice (RFC 9110 9.2.2).
[[nodiscard]] constexpr bool is_idempotent(method m) noexcept {
    return m == method::get || m == method::head || m == method::put || m == method::del ||
           m == method::options || m == method::trace;
}

/// How much body follows a head.
struct body_length {
    enum class kind : std::uint8_t { none, known, unknown };

    enum kind kind = kind::none;
    std::uint64_t bytes = 0;  ///< of kind::known

    [[nodiscard]] constexpr bool empty() const noexcept {
        return kind == kind::none || (kind == kind::known && bytes == 0);
    }
};

/// What a client asks for. Lifetime of every view: until the next suspension of the coroutine that
/// read it, unless who made it says otherwise.
struct request_head {
    http::method method = method::other;
    std::string_view method_name;
    std::string_view target;     ///< as it goes or came on the wire in origin form, or "*"
    std::string_view path;       ///< of the target, without the query
    std::string_view query;      ///< without '?'
    bool has_query = false;      ///< also when the query is empty
    std::string_view authority;  ///< host and optional port; empty: HTTP/1.0 without Host
    std::vector<field> fields;   ///< end-to-end ones only; no Host, no framing, no Expect
    body_length body;
    bool expects_continue = false;
    bool accepts_trailers = false;
    bool is_http10 = false;
    std::string_view upgrade;  ///< protocols asked for; empty: none
};

/// What a server answers. Lifetime of every view: as for request_head.
struct response_head {
    std::uint16_t status = 0;
    std::string_view reason;
    std::vector<field> fields;  ///< end-to-end ones only; no framing
    body_length body;           ///< none for HEAD, 1xx, 204 and 304
    /// Content-Length of an answer without a body (HEAD, 304): told to the client as it came.
    std::optional<std::uint64_t> announced_length;
    std::string_view upgrade;  ///< of a 101: the protocol

    [[nodiscard]] bool is_interim() const noexcept { return status < 200 && status != 101; }
};

/// The first value of a field, or an empty view.
[[nodiscard]] std::string_view value_of(const std::vector<field>& fields, field_id id) noexcept;

}  // namespace millrace::http
