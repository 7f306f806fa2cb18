#pragma once

#include "proxy/admin/listening.hpp"
#include "proxy/admin/message.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>

namespace millrace::admin {

/// A connection with a deadline for each read and write.
using stream = boost::beast::basic_stream<stream_protocol, boost::asio::any_io_executor>;

/// What the sessions of a server share. Lifetime: shared by the server and its sessions, so that
/// a session may end after the server. Thread: the one that runs the server.
struct session_context {
    using handler = std::function<boost::asio::awaitable<answer>(request)>;

    static constexpr std::size_t connections_max = 64;
    static constexpr std::uint32_t head_bytes_max = 16 * 1024;
    static constexpr std::uint64_t body_bytes_max = 1024 * 1024;
    static constexpr std::chrono::seconds io_timeout{10};

    handler handle;
    std::set<stream*> open{};
    bool stopping = false;
};

/// Serves one connection until either side closes it, keep-alive and pipelining included.
[[nodiscard]] boost::asio::awaitable<void> serve(
    std::shared_ptr<session_context> context, stream_protocol::socket socket
);

}  // namespace millrace::admin
