#pragma once

#include "proxy/admin/server.hpp"

#include "fake_gateway.hpp"
#include "temporary_directory.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <catch2/catch.hpp>

#include <future>
#include <thread>

/// A server of a fake gateway that runs on its own thread, as in the gateway.
class running_server {
 public:
    explicit running_server(bool on_unix_socket = false) {
        params.port = 0;
        params.token_file = directory / "token";
        if (on_unix_socket) {
            params.unix_path = directory / "run/admin.sock";
        }
        server_ = std::make_unique<millrace::admin::server>(context_, params, gateway);
        auto const error = server_->start();
        INFO(error);
        REQUIRE(error.empty());
        thread_ = std::thread{[this] { context_.run(); }};
    }

    running_server(const running_server&) = delete;
    running_server& operator=(const running_server&) = delete;

    ~running_server() {
        stop();
        work_.reset();
        context_.stop();
        thread_.join();
    }

    /// Calls server::stop() on its thread, and waits for it.
    void stop() {
        std::promise<void> stopped;
        boost::asio::post(context_, [&] {
            server_->stop();
            stopped.set_value();
        });
        stopped.get_future().wait();
    }

    [[nodiscard]] std::uint16_t port() const { return server_->port(); }

    fake_gateway gateway;
    temporary_directory directory;
    millrace::admin::params params;

 private:
    boost::asio::io_context context_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{
        context_.get_executor()};
    std::unique_ptr<millrace::admin::server> server_;
    std::thread thread_;
};
