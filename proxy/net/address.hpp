#pragma once

#include "proxy/base/result.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace millrace::net {

/// An IPv4 or IPv6 socket address. A value, any thread.
class address {
 public:
    address() = default;

    /// @param text  an IPv4 or IPv6 address without brackets, no name
    [[nodiscard]] static result<address> parse(std::string_view text, std::uint16_t port);
    [[nodiscard]] static address from(const sockaddr_storage& raw) noexcept;

    [[nodiscard]] const sockaddr* data() const noexcept {
        return reinterpret_cast<const sockaddr*>(&storage_);
    }

    [[nodiscard]] socklen_t size() const noexcept;

    [[nodiscard]] int family() const noexcept { return storage_.v4.sin_family; }

    [[nodiscard]] std::uint16_t port() const noexcept;
    [[nodiscard]] address with_port(std::uint16_t port) const noexcept;

    /// Without port and brackets; an IPv4 address mapped into IPv6 as the IPv4 one.
    [[nodiscard]] std::string host_text() const;

    friend bool operator==(const address& a, const address& b) noexcept;

 private:
    union {
        sockaddr_in v4;
        sockaddr_in6 v6;
    } storage_{.v6 = {}};
};

/// A network such as 10.0.0.0/8, for lists of trusted peers. A value, any thread.
class network {
 public:
    /// @param text  "10.0.0.0/8", "::1/128" or a single address
    [[nodiscard]] static result<network> parse(std::string_view text);

    [[nodiscard]] bool contains(const address& peer) const noexcept;

 private:
    std::array<std::uint8_t, 16> prefix_{};
    unsigned bits_ = 128;
};

}  // namespace millrace::net
