#pragma once

#include "proxy/webhooks/http_post.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace millrace::webhooks {

/// Where and how one webhook is reached. A value; its parts are shared and immutable.
struct receiver {
    std::shared_ptr<const params> webhook;
    std::shared_ptr<boost::asio::ssl::context> tls;  ///< null for http
    std::string key;                                 ///< that signs; empty: nothing is signed
};

/// Reads the certificates that it needs. Without a webhook and with a text for people in `error`
/// when that fails.
[[nodiscard]] receiver make_receiver(params chosen, std::string& error);

/// All of them, or none and what is wrong with the first that cannot be made.
[[nodiscard]] std::vector<receiver> make_receivers(
    const std::vector<params>& chosen, std::string& error
);

/// The whole request for an event, signed.
/// @param now  seconds since 1970
[[nodiscard]] message signed_message(const receiver& to, const event& what, std::int64_t now);

/// One attempt. Both outlive it.
[[nodiscard]] boost::asio::awaitable<post_result> send(const receiver& to, const event& what);

/// Whether an answer to a question is a yes: a 2xx, whose body does not say {"confirm": false}.
[[nodiscard]] bool says_yes(const post_result& answer);

}  // namespace millrace::webhooks
