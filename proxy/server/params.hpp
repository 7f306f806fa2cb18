#pragma once

#include "proxy/base/siphash.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace millrace::server {

using std::chrono::milliseconds;

/// What a downstream may cost. Each limit has its answer and its metric.
struct listener_limits {
    std::uint32_t connections_max = 65'536;         ///< of all listeners together; more get 503
    std::uint32_t requests_per_connection_max = 0;  ///< then the connection is closed; 0: no limit
    std::uint32_t request_line_bytes_max = 16'384;  ///< 414
    std::uint32_t header_bytes_max = 65'536;        ///< the whole head: 431; at most 131,072
    std::uint32_t header_count_max = 128;           ///< 431; at most 1,024
    std::uint64_t body_bytes_max = 1'073'741'824;   ///< 413; 0: no limit
};

/// How long a downstream may keep us waiting. 0: no limit.
struct listener_timeouts {
    milliseconds keep_alive{75'000};  ///< between two requests
    milliseconds header{10'000};      ///< from a request's first byte to the end of its head: 408
    milliseconds body{30'000};        ///< between two reads of the request's body: 408
    milliseconds write{30'000};       ///< until the client takes some more of the answer
};

/// Which Forwarded and X-Forwarded-* fields are believed, and which are sent upstream.
struct forwarding_params {
    /// Addresses or networks (CIDR) of proxies in front whose fields are kept and appended to;
    /// from everybody else they are removed. Default: nobody.
    std::vector<std::string> trusted_proxies;
    bool x_forwarded = true;  ///< send X-Forwarded-For, -Proto and -Host
    bool forwarded = false;   ///< send Forwarded (RFC 7239)
    bool via = true;          ///< send Via (RFC 9110 7.6.3)
};

struct listener_params {
    std::string address = "0.0.0.0";
    std::uint16_t port = 8080;  ///< 0: any free one, the log says which
    listener_limits limits;
    listener_timeouts timeouts;
    forwarding_params forwarding;
};

/// The ids that answers carry.
struct id_params {
    bool request_id = true;     ///< x-request-id, on the request and on the answer
    bool millrace_id = true;    ///< x-millrace-id, signed
    bool version = true;        ///< x-millrace-version: the assigned backend's name
    bool trace_context = true;  ///< start a traceparent when there is none

    struct key {
        std::uint8_t id = 0;
        siphash_key secret;
    };

    /// The first signs, all verify. Empty: a random key for this process.
    std::vector<key> keys;
};

struct access_log_params {
    /// A file to append to, or "stdout", or empty for no access log.
    std::string path;
    std::uint32_t queue_lines_max =
        8'192;  ///< per worker; what does not fit is dropped and counted
};

}  // namespace millrace::server
