#pragma once

#include "proxy/admin/params.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

#include <cstdint>
#include <string>

namespace millrace::admin {

/// TCP and Unix sockets are one type here: nothing above the bind tells them apart.
using stream_protocol = boost::asio::generic::stream_protocol;
using acceptor = boost::asio::basic_socket_acceptor<stream_protocol>;

/// What listen_on() made. Lifetime: a value.
struct listening {
    std::uint16_t port = 0;  ///< bound; 0 with a Unix socket
    std::string error;       ///< for people; empty: `to_open` listens
};

/// Opens, binds and listens as `params` say. A Unix socket gets mode 0600 before it can be
/// reached; one that is there already is replaced only when nobody listens on it. An address
/// beyond loopback is refused unless `params.insecure`.
[[nodiscard]] listening listen_on(acceptor& to_open, const params& params);

}  // namespace millrace::admin
