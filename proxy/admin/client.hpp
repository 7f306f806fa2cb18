#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace millrace::admin {

/// Where a running gateway's admin API is.
struct client_params {
    std::string address = "127.0.0.1";  ///< a name or an address; a wildcard means loopback
    std::uint16_t port = 9901;
    std::string unix_path;   ///< used instead when it is not empty
    std::string token_file;  ///< empty: where token_path() says
    /// For one whole exchange; above the 10 s that a change may take.
    std::chrono::milliseconds timeout{15'000};
};

/// What came back. Lifetime: a value.
struct client_reply {
    unsigned status = 0;  ///< 0: nothing came, `error` says why
    std::string content_type;
    std::string body;
    std::string error;  ///< for people; empty when an answer came, whatever its status

    /// The answer is a success.
    [[nodiscard]] bool good() const noexcept { return status >= 200 && status < 300; }
};

/// Asks the admin API and waits: for the command line. One connection per call. Lifetime: free.
/// Thread: one; blocks up to the timeout.
///
///   auto reply = admin::client{where}.get("/api/v1/routes");
class client {
 public:
    explicit client(client_params where);

    /// Sends the token when its file can be read.
    [[nodiscard]] client_reply get(std::string_view path) const;
    /// Changes need the token: an error when it cannot be read.
    [[nodiscard]] client_reply put(std::string_view path, std::string_view json) const;
    [[nodiscard]] client_reply post(std::string_view path, std::string_view json = "{}") const;

 private:
    [[nodiscard]] client_reply change(
        std::string_view method, std::string_view path, std::string_view json
    ) const;

    client_params where_;
};

/// A path segment with everything but letters, digits and "-._~" percent-encoded.
[[nodiscard]] std::string encoded_segment(std::string_view text);

}  // namespace millrace::admin
