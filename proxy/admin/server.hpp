#pragma once

#include "proxy/admin/gateway.hpp"
#include "proxy/admin/params.hpp"
#include "proxy/admin/token_store.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace millrace::admin {

/// The admin API's HTTP server on one TCP address or Unix socket. Lifetime: `context` outlives it,
/// `asked` also the last run of the context: a session that waits for a change ends after stop().
/// Thread: control, the one that runs the context.
/// Limits: 64 connections (more get 503), 1 MiB of body, 16 KiB of head, 10 s per read and write.
///
///   admin::server server{context, params, gateway};
///   if (auto error = server.start(); !error.empty()) …
class server {
 public:
    server(boost::asio::io_context& context, params params, gateway& asked);
    server(const server&) = delete;
    server& operator=(const server&) = delete;
    /// Stops.
    ~server();

    /// Binds, makes the token file when it is missing and accepts. An error text, or empty.
    [[nodiscard]] std::string start();

    /// Reads these tokens beside that of the token file; an error text in `error`, or empty.
    [[nodiscard]] token_store read_tokens(
        const std::vector<token_params>& tokens, std::string& error
    ) const;

    /// Knows these from the next request on.
    void set_tokens(token_store tokens);

    /// Closes the listener and every connection, and removes the Unix socket. May be called twice.
    void stop();

    /// The TCP port that is bound; 0 with a Unix socket or before start().
    [[nodiscard]] std::uint16_t port() const noexcept;
    /// Where the token lies; after start().
    [[nodiscard]] const std::string& token_file() const noexcept;

 private:
    class implementation;
    std::unique_ptr<implementation> implementation_;
};

}  // namespace millrace::admin
