#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Addresses as they stand in the file. Pure functions, any thread.
namespace millrace::config {

struct host_port {
    std::string host;  ///< without brackets
    std::uint16_t port = 0;
};

/// "HOST:PORT" or "[IPv6]:PORT", the port from 0 to 65535. The host is not judged.
[[nodiscard]] std::optional<host_port> parse_host_port(std::string_view text);

/// With brackets around an IPv6 address.
[[nodiscard]] std::string address_text(const host_port& address);

[[nodiscard]] bool is_ipv4(const std::string& host);

[[nodiscard]] bool is_ipv6(const std::string& host);

/// 127.0.0.0/8, ::1 (in any spelling, also mapped) or localhost.
[[nodiscard]] bool is_loopback(const std::string& host);

/// 0.0.0.0 or ::
[[nodiscard]] bool is_wildcard(const std::string& host);

/// Would a connection to `target` reach a socket that listens on `listener`? Names other than
/// localhost are not resolved.
[[nodiscard]] bool reaches(const host_port& target, const host_port& listener);

/// "ADDRESS" or "ADDRESS/BITS".
[[nodiscard]] bool is_network(const std::string& text);

/// A host name of letters, digits, '-', '_' and '.', labels of 1 to 63 bytes, 253 in all.
[[nodiscard]] bool is_host_name(std::string_view text);

}  // namespace millrace::config
