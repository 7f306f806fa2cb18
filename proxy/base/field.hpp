#pragma once

#include <cstdint>
#include <string_view>

namespace millrace {

/// The fields that the gateway itself must recognise; every other one is `other`.
enum class field_id : std::uint8_t {
    other = 0,
    authorization,
    connection,
    content_length,
    cookie,
    expect,
    forwarded,
    host,
    keep_alive,
    max_forwards,
    proxy_authorization,
    proxy_connection,
    te,
    traceparent,
    tracestate,
    trailer,
    transfer_encoding,
    upgrade,
    via,
    x_forwarded_for,
    x_forwarded_host,
    x_forwarded_proto,
    x_millrace_id,
    x_millrace_version,
    x_request_id,
    http2_settings,
    date,
    server,
    set_cookie,
};

/// One header field as it stands in a message. Lifetime: views into the buffer that it was parsed
/// from (http::head says how long that lives). Names keep the case in which they came.
struct field {
    std::string_view name;
    std::string_view value;
    field_id id = field_id::other;
    /// In the buffer that it was parsed from it stands as "name: value" CR LF, exactly so; a writer
    /// may then copy it, and canonical neighbours, in one piece.
    bool canonical = false;
};

}  // namespace millrace
