#include "proxy/admin/client.hpp"

#include "proxy/admin/awaitable.hpp"
#include "proxy/admin/session.hpp"
#include "proxy/admin/token_file.hpp"
#include "proxy/base/ascii.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/system/error_code.hpp>
#include <fmt/core.h>

#include <sys/un.h>

#include <exception>
#include <utility>
#include <vector>

namespace millrace::admin {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::awaitable;
using asio::ip::tcp;
using boost::system::error_code;

// A scrape of a thousand routes is 5 MB.
constexpr std::uint64_t body_bytes_max = 256 * 1024 * 1024;

struct outgoing {
    std::string method;
    std::string path;
    std::string token;
    std::string json;
};

std::string place_of(const client_params& where) {
    if (!where.unix_path.empty()) {
        return where.unix_path;
    }
    bool const v6 = where.address.find(':') != std::string::npos;
    return v6 ? fmt::format("[{}]:{}", where.address, where.port)
              : fmt::format("{}:{}", where.address, where.port);
}

client_reply failed(const client_params& where, const error_code& error) {
    client_reply reply;
    auto const why = error == beast::error::timeout ? "no answer in time" : error.message();
    reply.error = fmt::format("the admin API at {}: {}", place_of(where), why);
    return reply;
}

struct endpoints {
    std::vector<stream_protocol::endpoint> all;
    error_code error;
};

awaitable<endpoints> endpoints_of(client_params where) {
    endpoints found;
    if (!where.unix_path.empty()) {
        if (where.unix_path.size() >= sizeof(sockaddr_un::sun_path)) {
            found.error = make_error_code(boost::system::errc::filename_too_long);
            co_return found;
        }
        found.all.emplace_back(asio::local::stream_protocol::endpoint{where.unix_path});
        co_return found;
    }
    tcp::resolver resolver{co_await asio::this_coro::executor};
    auto const port = std::to_string(where.port);
    auto const [error, results] = co_await resolver.async_resolve(where.address, port, nothrow);
    found.error = error;
    for (const auto& result : results) {
        found.all.emplace_back(result.endpoint());
    }
    co_return found;
}

http::request<http::string_body> request_of(const client_params& where, outgoing message) {
    http::request<http::string_body> request;
    request.version(11);
    request.method_string(message.method);
    request.target(message.path);
    request.set(http::field::host, where.unix_path.empty() ? place_of(where) : "localhost");
    request.keep_alive(false);
    if (!message.token.empty()) {
        request.set(http::field::authorization, "Bearer " + message.token);
    }
    if (message.method != "GET") {
        request.set(http::field::content_type, "application/json");
        request.body() = std::move(message.json);
        request.prepare_payload();
    }
    return request;
}

awaitable<client_reply> exchange(client_params where, outgoing message) {
    auto const found = co_await endpoints_of(where);
    error_code error = found.error;
    stream connection{co_await asio::this_coro::executor};
    connection.expires_after(where.timeout);
    for (const auto& endpoint : found.all) {
        auto const [failure] = co_await connection.async_connect(endpoint, nothrow);
        error = failure;
        if (!error) {
            break;
        }
        connection.close();
    }
    if (error) {
        co_return failed(where, error);
    }
    auto const request = request_of(where, std::move(message));
    auto const [write_error, written] = co_await http::async_write(connection, request, nothrow);
    // An early refusal may come although the request could not be sent whole: read in any case.
    beast::flat_buffer buffer;
    http::response_parser<http::string_body> incoming;
    incoming.body_limit(body_bytes_max);
    auto const [read_error, read] =
        co_await http::async_read(connection, buffer, incoming, nothrow);
    if (read_error) {
        co_return failed(where, write_error ? write_error : read_error);
    }
    auto response = incoming.release();
    auto const type = response[http::field::content_type];
    client_reply reply;
    reply.status = response.result_int();
    reply.content_type.assign(type.data(), type.size());
    reply.body = std::move(response.body());
    co_return reply;
}

// Where the coroutine leaves what it got; the context runs no longer than this lives.
struct keep_reply {
    client_reply* kept;

    void operator()(const std::exception_ptr& thrown, client_reply reply) const {
        if (!thrown) {
            *kept = std::move(reply);
        }
    }
};

client_reply run(const client_params& where, outgoing message) {
    client_reply reply;
    reply.error = fmt::format("the admin API at {}: no answer", place_of(where));
    asio::io_context context;
    asio::co_spawn(context, exchange(where, std::move(message)), keep_reply{&reply});
    // The resolver knows no deadline of its own.
    context.run_for(where.timeout + std::chrono::seconds{1});
    return reply;
}

token token_of(const client_params& where) {
    params assumed;
    assumed.unix_path = where.unix_path;
    assumed.token_file = where.token_file;
    return read_token(token_path(assumed, where.port));
}

}  // namespace

client::client(client_params where) : where_{std::move(where)} {
    if (where_.address == "0.0.0.0") {
        where_.address = "127.0.0.1";
    } else if (where_.address == "::") {
        where_.address = "::1";
    }
}

client_reply client::get(std::string_view path) const {
    return run(where_, {"GET", std::string{path}, token_of(where_).value, {}});
}

client_reply client::put(std::string_view path, std::string_view json) const {
    return change("PUT", path, json);
}

client_reply client::post(std::string_view path, std::string_view json) const {
    return change("POST", path, json);
}

client_reply client::change(std::string_view method, std::string_view path, std::string_view json)
    const {
    auto secret = token_of(where_);
    if (!secret.error.empty()) {
        client_reply reply;
        reply.error = fmt::format(
            "the admin token cannot be read ({}); does the gateway run as another user, or keep "
            "its token elsewhere?",
            secret.error
        );
        return reply;
    }
    outgoing message{
        std::string{method}, std::string{path}, std::move(secret.value), std::string{json}};
    return run(where_, std::move(message));
}

std::string encoded_segment(std::string_view text) {
    std::string encoded;
    for (char const c : text) {
        constexpr std::string_view marks = "-._~";
        if (ascii::is_alpha(c) || ascii::is_digit(c) || marks.find(c) != std::string_view::npos) {
            encoded += c;
        } else {
            encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        }
    }
    return encoded;
}

}  // namespace millrace::admin
