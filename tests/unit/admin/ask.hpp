#pragma once

#include "proxy/admin/api.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <utility>

inline constexpr char test_token[] = "0123456789abcdef0123456789abcdef";

/// A request from the local machine with the token and JSON.
inline millrace::admin::request good_request(std::string method, std::string target) {
    millrace::admin::request asked;
    asked.method = std::move(method);
    asked.target = std::move(target);
    asked.hosts = {"localhost:9901"};
    asked.authorizations = {std::string{"Bearer "} + test_token};
    asked.content_type = "application/json";
    return asked;
}

/// Asks the API without a socket; nothing while the answer is not there.
class asking {
 public:
    explicit asking(
        millrace::admin::gateway& gateway,
        std::chrono::milliseconds change_timeout = std::chrono::seconds{10}
    )
        : api_{
              gateway,
              {millrace::admin::token_store::of(test_token),
               {false, false, "127.0.0.1"},
               change_timeout}} {}

    /// Other tokens from now on.
    void set_tokens(millrace::admin::token_store tokens) { api_.set_tokens(std::move(tokens)); }

    void begin(millrace::admin::request asked) {
        given_.reset();
        auto const keep = [this](const std::exception_ptr& thrown, millrace::admin::answer given) {
            if (!thrown) {
                given_ = std::move(given);
            }
        };
        boost::asio::co_spawn(context_, api_.handle(std::move(asked)), keep);
        poll();
    }

    /// Runs what is ready.
    std::optional<millrace::admin::answer>& poll() {
        context_.restart();
        context_.poll();
        return given_;
    }

    /// Runs until all is done.
    std::optional<millrace::admin::answer>& wait() {
        context_.restart();
        context_.run();
        return given_;
    }

    millrace::admin::answer operator()(millrace::admin::request asked) {
        begin(std::move(asked));
        return poll().value();
    }

 private:
    millrace::admin::api api_;
    std::optional<millrace::admin::answer> given_;
    boost::asio::io_context context_;
};
