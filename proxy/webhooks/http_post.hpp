#pragma once

#include "proxy/webhooks/cloud_event.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>

namespace millrace::webhooks {

/// What came of a request. A value.
struct post_result {
    unsigned status = 0;  ///< 0: no answer came, `error` says why
    std::string retry_after;
    std::string body;   ///< of at most 64 KiB
    std::string error;  ///< for people; empty when an answer came

    /// A 2xx.
    [[nodiscard]] bool good() const noexcept { return status >= 200 && status < 300; }

    /// "answered 503", or the error.
    [[nodiscard]] std::string text() const;
};

/// What https needs: verification by the system's certificates, or by those of a file alone;
/// TLS 1.2 and newer. Null for http; an error text in `error`, or empty.
[[nodiscard]] std::shared_ptr<boost::asio::ssl::context> tls_context_for(
    const params& webhook, std::string& error
);

/// One POST on a connection of its own, as a whole within the webhook's timeout, but for a name
/// server that takes its time. Redirects are not followed. The arguments outlive it.
/// @param tls  null for http
[[nodiscard]] boost::asio::awaitable<post_result> post(
    const params& webhook, boost::asio::ssl::context* tls, const message& what
);

}  // namespace millrace::webhooks
