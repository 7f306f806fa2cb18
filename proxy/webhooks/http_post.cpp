#include "proxy/webhooks/http_post.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <utility>

namespace millrace::webhooks {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace ssl = asio::ssl;
using asio::awaitable;
using asio::ip::tcp;
using boost::system::error_code;
using request = http::request<http::string_body>;

constexpr auto nothrow = asio::as_tuple(asio::use_awaitable);
constexpr std::uint64_t body_bytes_max = 64 * 1024;

post_result failed(std::string_view doing, const error_code& error) {
    post_result made;
    made.error = error == beast::error::timeout ? fmt::format("{}: timed out", doing)
                                                : fmt::format("{}: {}", doing, error.message());
    return made;
}

request request_of(const params& webhook, const message& what) {
    request made{http::verb::post, webhook.target.path, 11};
    made.set(http::field::host, webhook.target.authority);
    made.set(http::field::user_agent, "millrace");
    made.set(http::field::connection, "close");
    for (auto const& [name, value] : what.fields) {
        made.set(name, value);
    }
    made.body() = what.body;
    made.prepare_payload();
    return made;
}

/// Writes the request and reads the answer.
template <class Stream>
awaitable<post_result> exchange(Stream& stream, const request& asked) {
    auto const [write_error, written] = co_await http::async_write(stream, asked, nothrow);
    if (write_error) {
        co_return failed("send", write_error);
    }
    beast::flat_buffer buffer;
    http::response_parser<http::string_body> incoming;
    incoming.body_limit(body_bytes_max);
    auto const [read_error, read] = co_await http::async_read(stream, buffer, incoming, nothrow);
    // The status is the answer, whatever became of a body that is too long or cut.
    if (read_error && !incoming.is_header_done()) {
        co_return failed("receive", read_error);
    }
    auto const& response = incoming.get();
    auto const after = response[http::field::retry_after];
    post_result made;
    made.status = response.result_int();
    made.retry_after.assign(after.data(), after.size());
    made.body = response.body();
    co_return made;
}

awaitable<post_result> exchange_tls(
    beast::tcp_stream& plain, ssl::context& tls, const std::string& host, const request& asked
) {
    beast::ssl_stream<beast::tcp_stream&> stream{plain, tls};
    // An address has no place in SNI (RFC 6066, section 3).
    error_code is_name;
    asio::ip::make_address(host, is_name);
    if (is_name && SSL_set_tlsext_host_name(stream.native_handle(), host.c_str()) != 1) {
        co_return failed(
            "TLS", {static_cast<int>(ERR_get_error()), asio::error::get_ssl_category()}
        );
    }
    stream.set_verify_callback(ssl::host_name_verification{host});
    auto const [error] = co_await stream.async_handshake(ssl::stream_base::client, nothrow);
    if (error) {
        co_return failed("TLS", error);
    }
    co_return co_await exchange(stream, asked);
}

}  // namespace

std::string post_result::text() const {
    return status != 0 ? fmt::format("answered {}", status) : error;
}

std::shared_ptr<ssl::context> tls_context_for(const params& webhook, std::string& error) {
    error.clear();
    if (!webhook.target.tls) {
        return nullptr;
    }
    auto made = std::make_shared<ssl::context>(ssl::context::tls_client);
    error_code failure;
    made->set_options(
        ssl::context::default_workarounds | ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1,
        failure
    );
    made->set_verify_mode(ssl::verify_peer, failure);
    if (webhook.ca_file.empty()) {
        made->set_default_verify_paths(failure);
    } else {
        made->load_verify_file(webhook.ca_file, failure);
    }
    if (failure) {
        error =
            fmt::format("webhook '{}': {}: {}", webhook.name, webhook.ca_file, failure.message());
        return nullptr;
    }
    return made;
}

awaitable<post_result> post(const params& webhook, ssl::context* tls, const message& what) {
    auto const executor = co_await asio::this_coro::executor;
    auto const& to = webhook.target;
    tcp::resolver resolver{executor};
    auto const port = std::to_string(to.port);
    auto const [resolve_error, found] = co_await resolver.async_resolve(to.host, port, nothrow);
    if (resolve_error) {
        co_return failed("resolve", resolve_error);
    }
    beast::tcp_stream stream{executor};
    // Set once: it is the deadline of all that follows.
    stream.expires_after(webhook.timeout);
    auto const [connect_error, peer] = co_await stream.async_connect(found, nothrow);
    if (connect_error) {
        co_return failed("connect", connect_error);
    }
    auto const asked = request_of(webhook, what);
    if (tls != nullptr) {
        co_return co_await exchange_tls(stream, *tls, to.host, asked);
    }
    co_return co_await exchange(stream, asked);
}

}  // namespace millrace::webhooks
