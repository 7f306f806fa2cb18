#include "proxy/admin/accepting.hpp"

#include "proxy/admin/awaitable.hpp"
#include "proxy/base/log.hpp"
#include "proxy/base/log_exception.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>
#include <fmt/core.h>

#include <chrono>
#include <utility>

namespace millrace::admin {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// Best effort and at once: somebody who holds 64 connections shall not make us wait.
void refuse(stream_protocol::socket& socket) {
    auto const given =
        error_answer(503, "too_many_connections", "the admin API serves 64 connections at most");
    auto const full = fmt::format(
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: {}\r\nContent-Length: {}\r\n"
        "Connection: close\r\n\r\n{}",
        given.content_type,
        given.body.size(),
        given.body
    );
    error_code ignored;
    socket.non_blocking(true, ignored);
    socket.write_some(asio::buffer(full), ignored);
    socket.close(ignored);
}

asio::awaitable<void> accept_all(
    std::shared_ptr<acceptor> from, std::shared_ptr<session_context> context
) {
    auto const executor = co_await asio::this_coro::executor;
    while (!context->stopping) {
        auto [error, socket] = co_await from->async_accept(nothrow);
        if (context->stopping) {
            break;
        }
        if (error) {
            // Out of descriptors, most likely: trying again at once would only spin.
            log::warning("admin: accept failed: {}", error.message());
            asio::steady_timer pause{executor, std::chrono::milliseconds{100}};
            co_await pause.async_wait(nothrow);
            continue;
        }
        if (context->open.size() >= session_context::connections_max) {
            refuse(socket);
            continue;
        }
        asio::co_spawn(
            executor,
            serve(context, std::move(socket)),
            log::log_exception{"admin: a session ended"}
        );
    }
}

}  // namespace

void begin_accepting(
    asio::io_context& runs, std::shared_ptr<acceptor> from, std::shared_ptr<session_context> context
) {
    asio::co_spawn(
        runs,
        accept_all(std::move(from), std::move(context)),
        log::log_exception{"admin: a session ended"}
    );
}

void stop_accepting(acceptor& from, session_context& context) {
    context.stopping = true;
    for (auto* const one : context.open) {
        one->close();
    }
    error_code ignored;
    from.close(ignored);
}

}  // namespace millrace::admin
