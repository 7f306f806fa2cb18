#include "proxy/admin/listening.hpp"

#include "proxy/admin/token_file.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/socket_base.hpp>
#include <boost/system/error_code.hpp>
#include <fmt/core.h>

#include <sys/stat.h>

#include <unistd.h>

namespace millrace::admin {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using local = asio::local::stream_protocol;

listening failed(const std::string& where, const error_code& error) {
    return {0, fmt::format("admin: cannot listen on {}: {}", where, error.message())};
}

error_code open_and_listen(acceptor& to_open, const stream_protocol::endpoint& endpoint) {
    error_code error;
    to_open.open(endpoint.protocol(), error);
    if (!error && endpoint.protocol().family() != AF_UNIX) {
        to_open.set_option(asio::socket_base::reuse_address{true}, error);
    }
    // On Linux a socket's mode before the bind is that of its file: it is never open to others.
    if (!error && endpoint.protocol().family() == AF_UNIX &&
        ::fchmod(to_open.native_handle(), 0600) != 0) {
        error = error_code{errno, boost::system::system_category()};
    }
    if (!error) {
        to_open.bind(endpoint, error);
    }
    if (!error) {
        to_open.listen(asio::socket_base::max_listen_connections, error);
    }
    if (error) {
        error_code ignored;
        to_open.close(ignored);
    }
    return error;
}

// Removes a socket that nobody listens on any more; an error text when something else is there.
std::string make_room(const std::string& path) {
    struct ::stat found {};

    if (::lstat(path.c_str(), &found) != 0) {
        return {};
    }
    if (!S_ISSOCK(found.st_mode)) {
        return fmt::format("admin: {} exists and is no socket", path);
    }
    asio::io_context context;
    local::socket probe{context};
    error_code error;
    probe.connect(local::endpoint{path}, error);
    if (error == asio::error::connection_refused) {
        ::unlink(path.c_str());
        return {};
    }
    return error ? fmt::format("admin: {}: {}", path, error.message())
                 : fmt::format("admin: another process listens on {}", path);
}

listening listen_on_unix(acceptor& to_open, const std::string& path) {
    // sun_path holds 108 bytes with its zero; Asio throws for more.
    if (path.size() >= sizeof(sockaddr_un::sun_path)) {
        return {0, fmt::format("admin: the socket's path is too long: {}", path)};
    }
    if (auto error = make_parent_directories(path); !error.empty()) {
        return {0, "admin: " + error};
    }
    if (auto error = make_room(path); !error.empty()) {
        return {0, std::move(error)};
    }
    auto const error = open_and_listen(to_open, local::endpoint{path});
    return error ? failed(path, error) : listening{};
}

std::uint16_t bound_port(const acceptor& open) {
    error_code error;
    auto const endpoint = open.local_endpoint(error);
    if (error || endpoint.size() > tcp::endpoint{}.capacity()) {
        return 0;
    }
    tcp::endpoint bound;
    std::memcpy(bound.data(), endpoint.data(), endpoint.size());
    return bound.port();
}

}  // namespace

listening listen_on(acceptor& to_open, const params& params) {
    if (!params.unix_path.empty()) {
        return listen_on_unix(to_open, params.unix_path);
    }
    auto const where = fmt::format("{}:{}", params.address, params.port);
    error_code error;
    auto const address = asio::ip::make_address(params.address, error);
    if (error) {
        return failed(where, error);
    }
    if (!address.is_loopback() && !params.insecure) {
        return {
            0,
            fmt::format("admin: {} can be reached from other machines: set insecure: true", where)};
    }
    error = open_and_listen(to_open, tcp::endpoint{address, params.port});
    return error ? failed(where, error) : listening{bound_port(to_open), {}};
}

}  // namespace millrace::admin
