#include "proxy/providers/fetch.hpp"

#include "proxy/providers/awaiting.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <fmt/format.h>

#include <utility>
#include <vector>

namespace millrace::providers {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace ssl = asio::ssl;
using asio::awaitable;
using asio::ip::tcp;
using boost::system::error_code;
using rollout::reading_state;
using tls_stream = beast::ssl_stream<beast::tcp_stream>;

fetched failed(reading_state state, std::string detail) {
    return {state, std::move(detail), {}};
}

/// Of an error before the whole answer was there.
fetched failed_by(const error_code& error, const char* doing) {
    if (error == beast::error::timeout || error == asio::error::operation_aborted) {
        return failed(reading_state::slow, fmt::format("no end of {} in time", doing));
    }
    if (error == http::error::body_limit) {
        return failed(reading_state::wrong, "the answer is larger than answer_bytes_max");
    }
    bool const cut = error == http::error::end_of_stream || error == http::error::partial_message;
    bool const no_http =
        !cut && error.category() == http::make_error_code(http::error::bad_value).category();
    return failed(
        no_http ? reading_state::wrong : reading_state::provider_down,
        fmt::format("{}: {}", doing, error.message())
    );
}

struct resolved {
    error_code error;
    std::vector<tcp::endpoint> endpoints;
};

/// A look-up cannot be cancelled while the system does it: it ends behind our back.
awaitable<std::optional<resolved>> resolve(request what, time_point deadline) {
    auto const executor = co_await asio::this_coro::executor;
    error_code no_literal;
    auto const literal = asio::ip::make_address(what.host, no_literal);
    if (!no_literal) {
        co_return resolved{{}, {tcp::endpoint{literal, what.port}}};
    }
    auto const found = std::make_shared<awaited<resolved>>(executor);
    auto const resolver = std::make_shared<tcp::resolver>(executor);
    resolver->async_resolve(
        what.host,
        std::to_string(what.port),
        [resolver, found](const error_code& error, const tcp::resolver::results_type& results) {
            resolved made{error, {}};
            for (auto const& each : results) {
                made.endpoints.push_back(each.endpoint());
            }
            awaited<resolved>::bring(found, std::move(made));
        }
    );
    co_return co_await awaited<resolved>::wait(found, deadline);
}

http::request<http::string_body> message_of(const request& from) {
    http::request<http::string_body> message{
        from.post ? http::verb::post : http::verb::get, from.target, 11};
    message.set(http::field::host, from.authority);
    message.set(http::field::accept, "application/json");
    message.set(http::field::user_agent, "millrace");
    message.keep_alive(false);
    if (from.post) {
        message.set(http::field::content_type, "application/json");
        message.body() = from.body;
        message.prepare_payload();
    }
    for (auto const& each : from.headers) {
        message.set(each.name, each.value);
    }
    return message;
}

template <class Stream>
awaitable<fetched> exchange(Stream& stream, const request& what, std::uint32_t bytes_max) {
    auto const message = message_of(what);
    auto const [write_error, written] = co_await http::async_write(stream, message, nothrow);
    // A refusal may come although the request could not be sent whole: read in any case.
    beast::flat_buffer buffer;
    http::response_parser<http::string_body> incoming;
    incoming.body_limit(bytes_max);
    auto const [read_error, read] = co_await http::async_read(stream, buffer, incoming, nothrow);
    if (read_error) {
        co_return failed_by(write_error ? write_error : read_error, "the answer");
    }
    auto const status = incoming.get().result_int();
    if (status < 200 || status > 299) {
        co_return failed(reading_state::wrong, fmt::format("status {}", status));
    }
    co_return fetched{std::nullopt, {}, std::move(incoming.get().body())};
}

awaitable<error_code> connect(beast::tcp_stream& stream, const resolved& to) {
    error_code error = asio::error::host_not_found;
    for (auto const& endpoint : to.endpoints) {
        auto const [failure] = co_await stream.async_connect(endpoint, nothrow);
        error = failure;
        if (!error || error == beast::error::timeout) {
            break;
        }
        stream.close();
    }
    co_return error;
}

/// Verifies the certificate against the host; null and a problem when its authorities cannot be
/// read.
std::unique_ptr<ssl::context> context_of(const request& what, error_code& error) {
    auto made = std::make_unique<ssl::context>(ssl::context::tls_client);
    made->set_verify_mode(ssl::verify_peer);
    made->set_verify_callback(ssl::host_name_verification{what.host});
    if (what.ca_file.empty()) {
        made->set_default_verify_paths(error);
    } else {
        made->load_verify_file(what.ca_file, error);
    }
    return error ? nullptr : std::move(made);
}

awaitable<fetched> fetch_tls(request what, resolved to, fetch_limits limits) {
    error_code error;
    auto const context = context_of(what, error);
    if (context == nullptr) {
        co_return failed(reading_state::wrong, "ca_file: " + error.message());
    }
    tls_stream stream{co_await asio::this_coro::executor, *context};
    error_code is_name;
    asio::ip::make_address(what.host, is_name);
    if (is_name) {
        SSL_set_tlsext_host_name(stream.native_handle(), what.host.c_str());
    }
    auto& lowest = beast::get_lowest_layer(stream);
    lowest.expires_at(limits.deadline);
    if (auto const failure = co_await connect(lowest, to)) {
        co_return failed_by(failure, "connecting");
    }
    auto const [handshake] = co_await stream.async_handshake(ssl::stream_base::client, nothrow);
    if (handshake) {
        co_return failed_by(handshake, "the TLS handshake");
    }
    co_return co_await exchange(stream, what, limits.answer_bytes_max);
}

awaitable<fetched> fetch_plain(request what, resolved to, fetch_limits limits) {
    beast::tcp_stream stream{co_await asio::this_coro::executor};
    stream.expires_at(limits.deadline);
    if (auto const failure = co_await connect(stream, to)) {
        co_return failed_by(failure, "connecting");
    }
    co_return co_await exchange(stream, what, limits.answer_bytes_max);
}

}  // namespace

awaitable<fetched> fetch(request what, fetch_limits limits) {
    auto to = co_await resolve(what, limits.deadline);
    if (!to) {
        co_return failed(reading_state::slow, "no address of the host in time");
    }
    if (to->error) {
        co_return failed(reading_state::provider_down, "its name: " + to->error.message());
    }
    bool const tls = what.tls;
    auto made = tls ? fetch_tls(std::move(what), std::move(*to), limits)
                    : fetch_plain(std::move(what), std::move(*to), limits);
    co_return co_await std::move(made);
}

}  // namespace millrace::providers
