#pragma once

#include "proxy/admin/session.hpp"

#include <memory>

namespace boost::asio {
class io_context;
}

namespace millrace::admin {

/// Accepts connections and serves each with a session of its own, until the context says stopping:
/// at most session_context::connections_max at a time, more get 503. What a session throws ends
/// that session, and is logged. Thread: the one that runs `runs`.
void begin_accepting(
    boost::asio::io_context& runs,
    std::shared_ptr<acceptor> from,
    std::shared_ptr<session_context> context
);

/// Stops accepting and ends every session. May be called twice.
void stop_accepting(acceptor& from, session_context& context);

}  // namespace millrace::admin
