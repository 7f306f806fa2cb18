#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace millrace::admin {

/// What the API looks at in a request, free of sockets and parsers. Lifetime: a value.
struct request {
    std::string method;
    std::string target;              ///< as sent, with the query
    std::vector<std::string> hosts;  ///< every Host field
    bool has_origin = false;
    std::vector<std::string> authorizations;  ///< every Authorization field
    std::string content_type;
    std::string body;
    std::string from;  ///< the peer's address, or "unix"
};

/// What it answers. Lifetime: a value.
struct answer {
    unsigned status = 200;
    std::string body;
    std::string content_type = "application/json";
    std::string allow;         ///< the Allow field of a 405
    bool challenge = false;    ///< send WWW-Authenticate: Bearer
    unsigned retry_after = 0;  ///< seconds, for Retry-After; 0: none
};

/// An error in the gateway's own shape: {"error": message, "reason": reason}.
/// @param reason  snake_case, stable, for programs; `message` is for people
[[nodiscard]] answer error_answer(
    unsigned status, std::string_view reason, std::string_view message
);

}  // namespace millrace::admin
