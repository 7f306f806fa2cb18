#include "proxy/admin/session.hpp"

#include "proxy/admin/awaitable.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/system/error_code.hpp>

#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

namespace millrace::admin {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::awaitable;
using boost::system::error_code;
using parser = http::request_parser<http::string_body>;
using message = http::request<http::string_body>;

// Keeps a stream in the list of those that stop() closes.
class listed {
 public:
    listed(session_context& context, stream& one) : context_{context}, one_{one} {
        context_.open.insert(&one_);
    }

    listed(const listed&) = delete;
    listed& operator=(const listed&) = delete;

    ~listed() { context_.open.erase(&one_); }

 private:
    session_context& context_;
    stream& one_;
};

std::string text_of(beast::string_view view) {
    return {view.data(), view.size()};
}

request request_of(message& read) {
    request asked;
    asked.method = text_of(read.method_string());
    asked.target = text_of(read.target());
    auto const hosts = read.equal_range(http::field::host);
    for (auto at = hosts.first; at != hosts.second; ++at) {
        asked.hosts.push_back(text_of(at->value()));
    }
    auto const authorizations = read.equal_range(http::field::authorization);
    for (auto at = authorizations.first; at != authorizations.second; ++at) {
        asked.authorizations.push_back(text_of(at->value()));
    }
    asked.has_origin = read.count(http::field::origin) > 0;
    asked.content_type = text_of(read[http::field::content_type]);
    asked.body = std::move(read.body());
    return asked;
}

/// The peer's address without its port; "unix" for a Unix socket.
std::string peer_of(stream& one) {
    error_code error;
    auto const endpoint = one.socket().remote_endpoint(error);
    asio::ip::tcp::endpoint peer;
    auto const family = endpoint.protocol().family();
    if (error || (family != AF_INET && family != AF_INET6) || endpoint.size() > peer.capacity()) {
        return "unix";
    }
    std::memcpy(peer.data(), endpoint.data(), endpoint.size());
    peer.resize(endpoint.size());
    return peer.address().to_string();
}

// The answer to what cannot be read; nothing when there is nobody to answer.
std::optional<answer> answer_to(const error_code& error) {
    if (error == http::error::body_limit) {
        return error_answer(413, "body_too_large", "the body is larger than 1 MiB");
    }
    if (error == http::error::header_limit) {
        return error_answer(431, "header_too_large", "the head is larger than 16 KiB");
    }
    if (error == http::error::end_of_stream || error == http::error::partial_message ||
        error.category() != http::make_error_code(http::error::body_limit).category()) {
        return std::nullopt;
    }
    return error_answer(400, "bad_request", "the request is malformed: " + error.message());
}

struct reply_traits {
    bool keep_alive = false;
    bool head_only = false;
};

http::response_header<> head_of(const answer& given) {
    http::response_header<> head;
    head.version(11);
    head.result(given.status);
    head.set(http::field::content_type, given.content_type);
    head.set(http::field::cache_control, "no-store");
    head.set("X-Content-Type-Options", "nosniff");
    if (!given.allow.empty()) {
        head.set(http::field::allow, given.allow);
    }
    if (given.retry_after != 0) {
        head.set(http::field::retry_after, std::to_string(given.retry_after));
    }
    if (given.challenge) {
        head.set(http::field::www_authenticate, "Bearer");
    }
    return head;
}

awaitable<bool> reply(stream& to, answer given, reply_traits traits) {
    to.expires_after(session_context::io_timeout);
    auto head = head_of(given);
    if (traits.head_only) {
        http::response<http::empty_body> response{std::move(head)};
        response.content_length(given.body.size());
        response.keep_alive(traits.keep_alive);
        auto const [error, bytes] = co_await http::async_write(to, response, nothrow);
        co_return !error;
    }
    http::response<http::string_body> response{std::move(head)};
    response.body() = std::move(given.body);
    response.keep_alive(traits.keep_alive);
    response.prepare_payload();
    auto const [error, bytes] = co_await http::async_write(to, response, nothrow);
    co_return !error;
}

awaitable<error_code> read_request(stream& from, beast::flat_buffer& buffer, parser& into) {
    from.expires_after(session_context::io_timeout);
    auto const [head_error, head_bytes] =
        co_await http::async_read_header(from, buffer, into, nothrow);
    if (head_error) {
        co_return head_error;
    }
    if (beast::iequals(into.get()[http::field::expect], "100-continue")) {
        http::response<http::empty_body> const go_on{http::status::continue_, 11};
        auto const [error, bytes] = co_await http::async_write(from, go_on, nothrow);
        if (error) {
            co_return error;
        }
    }
    auto const [error, bytes] = co_await http::async_read(from, buffer, into, nothrow);
    co_return error;
}

// Reads on for a moment after the last answer: closing with unread bytes would reset the
// connection, and the client would lose the answer.
awaitable<void> linger(stream& one) {
    error_code ignored;
    one.socket().shutdown(asio::socket_base::shutdown_send, ignored);
    one.expires_after(std::chrono::seconds{1});
    std::array<char, 16 * 1024> dropped{};
    auto const into = asio::buffer(dropped);
    for (std::size_t total = 0; total < 4 * session_context::body_bytes_max;) {
        auto const [error, bytes] = co_await one.async_read_some(into, nothrow);
        if (error) {
            break;
        }
        total += bytes;
    }
}

}  // namespace

awaitable<void> serve(std::shared_ptr<session_context> context, stream_protocol::socket socket) {
    stream one{std::move(socket)};
    listed const registration{*context, one};
    auto const peer = peer_of(one);
    beast::flat_buffer buffer{session_context::head_bytes_max + session_context::body_bytes_max};
    bool open = true;
    while (open && !context->stopping) {
        parser incoming;
        incoming.header_limit(session_context::head_bytes_max);
        incoming.body_limit(session_context::body_bytes_max);
        auto const error = co_await read_request(one, buffer, incoming);
        if (error) {
            auto refusal = answer_to(error);
            if (refusal) {
                co_await reply(one, std::move(*refusal), {});
                co_await linger(one);
            }
            break;
        }
        auto read = incoming.release();
        reply_traits const traits{read.keep_alive(), read.method() == http::verb::head};
        auto asked = request_of(read);
        asked.from = peer;
        auto given = co_await context->handle(std::move(asked));
        open = co_await reply(one, std::move(given), traits) && traits.keep_alive;
    }
    one.close();
}

}  // namespace millrace::admin
