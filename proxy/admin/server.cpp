#include "proxy/admin/server.hpp"

#include "proxy/admin/awaitable.hpp"
#include "proxy/admin/session.hpp"
#include "proxy/admin/token_file.hpp"
#include "proxy/base/log.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>
#include <fmt/core.h>

#include <chrono>
#include <exception>
#include <unistd.h>
#include <utility>

namespace millrace::admin {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// The one place where what a session throws ends: it costs that connection, nothing else.
struct log_exception {
    void operator()(const std::exception_ptr& thrown) const noexcept {
        if (!thrown) {
            return;
        }
        try {
            std::rethrow_exception(thrown);
        } catch (const std::exception& error) {
            log::error("admin: a session ended: {}", error.what());
        }
    }
};

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
        asio::co_spawn(executor, serve(context, std::move(socket)), log_exception{});
    }
}

}  // namespace

class server::implementation {
 public:
    implementation(asio::io_context& context, params params, gateway& asked)
        : context_{context}, params_{std::move(params)}, gateway_{asked} {}

    std::string start() {
        acceptor_ = std::make_shared<acceptor>(context_);
        auto listens = listen_on(*acceptor_, params_);
        if (!listens.error.empty()) {
            return std::move(listens.error);
        }
        bound_ = true;
        port_ = listens.port;
        token_file_ = token_path(params_, port_);
        auto secret = read_or_make_token(token_file_);
        if (!secret.error.empty()) {
            stop();
            return "admin: token file " + secret.error;
        }
        api::settings settings;
        settings.token = std::move(secret.value);
        settings.hosts = host_policy_of(params_);
        sessions_ =
            std::make_shared<session_context>(session_context{api{gateway_, std::move(settings)}});
        asio::co_spawn(context_, accept_all(acceptor_, sessions_), log_exception{});
        return {};
    }

    void stop() {
        if (sessions_) {
            sessions_->stopping = true;
            for (auto* const one : sessions_->open) {
                one->close();
            }
        }
        error_code ignored;
        if (acceptor_) {
            acceptor_->close(ignored);
        }
        if (std::exchange(bound_, false) && !params_.unix_path.empty()) {
            ::unlink(params_.unix_path.c_str());
        }
    }

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

    [[nodiscard]] const std::string& token_file() const noexcept { return token_file_; }

 private:
    asio::io_context& context_;
    params params_;
    gateway& gateway_;
    std::shared_ptr<acceptor> acceptor_;
    std::shared_ptr<session_context> sessions_;
    std::string token_file_;
    std::uint16_t port_ = 0;
    bool bound_ = false;
};

server::server(asio::io_context& context, params params, gateway& asked)
    : implementation_{std::make_unique<implementation>(context, std::move(params), asked)} {}

server::~server() {
    stop();
}

std::string server::start() {
    return implementation_->start();
}

void server::stop() {
    implementation_->stop();
}

std::uint16_t server::port() const noexcept {
    return implementation_->port();
}

const std::string& server::token_file() const noexcept {
    return implementation_->token_file();
}

}  // namespace millrace::admin
