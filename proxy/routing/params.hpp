#pragma once

#include "proxy/base/siphash.hpp"
#include "proxy/base/weight.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What the configuration says about routes and backends: plain data, filled by config/.
namespace millrace::routing {

using std::chrono::milliseconds;

/// How a header field or a query parameter must look.
struct value_match {
    enum class kind : std::uint8_t { present, exact, prefix, regex };

    std::string name;  ///< of the field (any case) or of the parameter (exact)
    enum kind kind = kind::present;
    std::string value;  ///< the whole value, its beginning, or an RE2 for the whole value
};

/// Which requests a route takes: all conditions that are given must hold.
struct match_params {
    enum class path_kind : std::uint8_t { any, exact, prefix, regex };

    std::string host;  ///< lower case, no port; "*.example.com" for any subdomain; empty: any
    path_kind path = path_kind::any;
    std::string path_value;  ///< a path that begins with '/', or an RE2 for the whole path
    std::vector<std::string> methods;  ///< exact, case matters; empty: any
    std::vector<value_match> headers;
    std::vector<value_match> query;
};

struct backend_ref {
    std::string backend;
    millrace::weight weight{1};

    friend bool operator==(const backend_ref&, const backend_ref&) = default;
};

/// What a route randomises: requests, or units that keep their version.
struct affinity_params {
    enum class kind : std::uint8_t { none, header, cookie, query, client_ip, trace_id };

    enum kind kind = kind::none;
    std::string name;  ///< of the field, the cookie or the parameter
    // The cookie that the gateway issues when a request comes without a valid one.
    std::chrono::seconds cookie_max_age{0};  ///< 0: a session cookie
    std::string cookie_path = "/";
    std::string cookie_same_site = "Lax";  ///< Lax, Strict or None
    bool cookie_secure = false;
    bool cookie_http_only = true;
};

/// Changes to a message's header section: remove first, then set, then add.
struct header_edits {
    struct named_value {
        std::string name;
        std::string value;

        friend bool operator==(const named_value&, const named_value&) = default;
    };

    std::vector<std::string> remove;
    std::vector<named_value> set;
    std::vector<named_value> add;

    [[nodiscard]] bool empty() const noexcept {
        return remove.empty() && set.empty() && add.empty();
    }

    friend bool operator==(const header_edits&, const header_edits&) = default;
};

/// How long the phases of an exchange may take. 0: no limit.
struct timeout_params {
    milliseconds connect{5'000};      ///< until the upstream accepted the connection
    milliseconds first_byte{60'000};  ///< from the end of the request to the answer's first byte
    milliseconds idle{60'000};        ///< between two reads of the answer's body, or in a tunnel
    milliseconds total{0};            ///< from the request's head to the end of the answer

    friend bool operator==(const timeout_params&, const timeout_params&) = default;
};

struct backend_limits {
    std::uint32_t connections_max = 1024;      ///< of the whole process, all endpoints together
    std::uint32_t idle_connections_max = 256;  ///< kept per worker
    milliseconds idle_timeout{4'000};  ///< below what the upstream announces (nginx 75 s, node 5 s)

    friend bool operator==(const backend_limits&, const backend_limits&) = default;
};

/// One address under which a backend can be reached, from one of its URLs.
struct endpoint_params {
    std::string host;  ///< a name or an address without brackets
    std::uint16_t port = 80;
    std::string authority;  ///< as Host is sent: the URL's host, and its port unless it is 80

    friend bool operator==(const endpoint_params&, const endpoint_params&) = default;
};

/// One deployed model version: a group of endpoints. All of its URLs share path and query.
struct backend_params {
    std::string name;
    std::vector<endpoint_params> endpoints;
    std::string url_path;   ///< of the URL; empty or "/" changes nothing under a prefix
    std::string url_query;  ///< of the URL, without '?'; its parameters replace the client's
    bool preserve_host = false;
    timeout_params timeouts;
    backend_limits limits;
    header_edits request_headers;
    header_edits response_headers;

    friend bool operator==(const backend_params&, const backend_params&) = default;
};

/// Where an answer says something: in a field of its head, or in its JSON body.
struct answer_value {
    std::string header;                ///< name of the field; empty: the pointer counts
    std::vector<std::string> pointer;  ///< tokens of a JSON pointer (RFC 6901), unescaped
    std::uint32_t bytes_max = 65'536;  ///< of the body that are looked at

    [[nodiscard]] bool empty() const noexcept { return header.empty() && pointer.empty(); }

    friend bool operator==(const answer_value&, const answer_value&) = default;
};

/// How a prediction is compared with the true value.
enum class comparison : std::uint8_t {
    equal,      ///< the same value
    tolerance,  ///< two numbers that are at most so far apart
    set         ///< the same elements, in any order
};

/// What the answers of a route say about themselves.
struct label_params {
    answer_value label;       ///< right or wrong
    answer_value score;       ///< how good: a number
    answer_value prediction;  ///< what a true value that comes later is compared with
    comparison compare = comparison::equal;
    double tolerance = 0;  ///< of comparison::tolerance, >= 0

    /// True when no answer has to be looked at.
    [[nodiscard]] bool empty() const noexcept {
        return label.empty() && score.empty() && prediction.empty();
    }

    friend bool operator==(const label_params&, const label_params&) = default;
};

struct route_params {
    std::string name;
    match_params match;
    std::vector<backend_ref> backend_refs;
    affinity_params affinity;
    std::optional<milliseconds> total_timeout;  ///< replaces the backend's
    std::vector<std::string> upgrades{"websocket"};
    bool half_close = false;  ///< a FIN from the client while an answer is owed is no farewell
    std::optional<std::uint64_t> body_bytes_max;  ///< replaces the listener's
    header_edits request_headers;
    header_edits response_headers;
    label_params labels;
};

/// Everything that a route table is made from.
struct table_params {
    std::vector<backend_params> backends;
    std::vector<route_params> routes;
    siphash_key affinity_key;  ///< of the hash that places units; the same in every replica
};

}  // namespace millrace::routing
