#pragma once

#include "proxy/admin/gateway.hpp"
#include "proxy/admin/message.hpp"
#include "proxy/admin/request_guard.hpp"
#include "proxy/admin/token_store.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace millrace::admin {

/// What an endpoint asks of a request besides that it is no browser's.
enum class access : std::uint8_t {
    open,    ///< nothing
    token,   ///< a token of any role
    change,  ///< a token that may operate, and application/json
    own,     ///< a credential of its own, which the endpoint looks at itself
};

/// A line of the API, as the OpenAPI description names it.
struct endpoint_name {
    std::string_view method;
    std::string_view path;  ///< "{name}" stands for one segment, percent-decoded
    enum access needs = access::open;
};

/// Every endpoint. Constant; any thread.
[[nodiscard]] std::span<const endpoint_name> endpoint_names() noexcept;

/// Answers requests: guards, then the endpoint. Lifetime: outlives the requests under way; the
/// gateway outlives it. Thread: control.
///
///   auto reply = co_await api.handle(std::move(asked));
class api {
 public:
    struct settings {
        token_store tokens;
        host_policy hosts;
        /// How long a change may take to be in force everywhere, then 504.
        std::chrono::milliseconds change_timeout{10'000};
    };

    api(gateway& asked, settings given);

    /// HEAD is answered as GET; who sends the answer leaves the body out.
    [[nodiscard]] boost::asio::awaitable<answer> handle(request asked);

    /// From the next request on.
    void set_tokens(token_store tokens);

 private:
    /// The arguments outlive it.
    [[nodiscard]] boost::asio::awaitable<answer> answer_to(
        const request& asked, std::size_t endpoint, const std::string& name, const identity& who
    );

    gateway& gateway_;
    settings settings_;
};

}  // namespace millrace::admin
