#include "proxy/admin/server.hpp"

#include "proxy/admin/accepting.hpp"
#include "proxy/admin/api.hpp"
#include "proxy/admin/token_file.hpp"
#include "proxy/admin/token_store.hpp"
#include "proxy/base/log.hpp"

#include <boost/asio/io_context.hpp>

#include <unistd.h>
#include <utility>

namespace millrace::admin {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;

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
        if (auto const secret = read_or_make_token(token_file_); !secret.error.empty()) {
            stop();
            return "admin: token file " + secret.error;
        }
        api::settings settings;
        std::string error;
        settings.tokens = token_store::open(token_file_, params_.tokens, error);
        if (!error.empty()) {
            stop();
            return error;
        }
        settings.hosts = host_policy_of(params_);
        endpoints_ = std::make_shared<api>(gateway_, std::move(settings));
        sessions_ = std::make_shared<session_context>(session_context{
            .handle = [endpoints = endpoints_](request asked) {
                return endpoints->handle(std::move(asked));
            }});
        begin_accepting(context_, acceptor_, sessions_);
        return {};
    }

    void set_tokens(token_store tokens) {
        if (endpoints_) {
            endpoints_->set_tokens(std::move(tokens));
        }
    }

    void stop() {
        if (sessions_) {
            stop_accepting(*acceptor_, *sessions_);
        } else if (acceptor_) {
            error_code ignored;
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
    std::shared_ptr<api> endpoints_;
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

token_store server::read_tokens(const std::vector<token_params>& tokens, std::string& error) const {
    return token_store::open(token_file(), tokens, error);
}

void server::set_tokens(token_store tokens) {
    implementation_->set_tokens(std::move(tokens));
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
