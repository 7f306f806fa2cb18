#include "proxy/net/address.hpp"

#include "proxy/base/ascii.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

namespace millrace::net {

namespace {

constexpr std::array<std::uint8_t, 12> mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

/// The address as IPv6, IPv4 ones mapped, so that one comparison serves both.
std::array<std::uint8_t, 16> as_v6_bytes(const address& of) noexcept {
    std::array<std::uint8_t, 16> bytes{};
    if (of.family() == AF_INET) {
        std::copy(mapped_prefix.begin(), mapped_prefix.end(), bytes.begin());
        std::memcpy(
            bytes.data() + 12, &reinterpret_cast<const sockaddr_in*>(of.data())->sin_addr, 4
        );
    } else {
        std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in6*>(of.data())->sin6_addr, 16);
    }
    return bytes;
}

}  // namespace

result<address> address::parse(std::string_view text, std::uint16_t port) {
    std::string const terminated{text};
    if (terminated.find('\0') != std::string::npos) {
        return make_error_code(errc::bad_host);
    }
    address parsed;
    if (::inet_pton(AF_INET, terminated.c_str(), &parsed.storage_.v4.sin_addr) == 1) {
        parsed.storage_.v4.sin_family = AF_INET;
        parsed.storage_.v4.sin_port = htons(port);
        return parsed;
    }
    parsed = {};
    if (::inet_pton(AF_INET6, terminated.c_str(), &parsed.storage_.v6.sin6_addr) == 1) {
        parsed.storage_.v6.sin6_family = AF_INET6;
        parsed.storage_.v6.sin6_port = htons(port);
        return parsed;
    }
    return make_error_code(errc::bad_host);
}

address address::from(const sockaddr_storage& raw) noexcept {
    address made;
    std::memcpy(&made.storage_, &raw, sizeof made.storage_);
    return made;
}

socklen_t address::size() const noexcept {
    return family() == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
}

std::uint16_t address::port() const noexcept {
    return ntohs(family() == AF_INET ? storage_.v4.sin_port : storage_.v6.sin6_port);
}

address address::with_port(std::uint16_t port) const noexcept {
    auto changed = *this;
    (family() == AF_INET ? changed.storage_.v4.sin_port : changed.storage_.v6.sin6_port) =
        htons(port);
    return changed;
}

std::string address::host_text() const {
    std::array<char, INET6_ADDRSTRLEN> text{};
    auto const bytes = as_v6_bytes(*this);
    if (std::equal(mapped_prefix.begin(), mapped_prefix.end(), bytes.begin())) {
        ::inet_ntop(AF_INET, bytes.data() + 12, text.data(), text.size());
    } else {
        ::inet_ntop(AF_INET6, bytes.data(), text.data(), text.size());
    }
    return text.data();
}

bool operator==(const address& a, const address& b) noexcept {
    return a.family() == b.family() && std::memcmp(a.data(), b.data(), a.size()) == 0;
}

result<network> network::parse(std::string_view text) {
    auto const slash = text.find('/');
    auto const parsed = address::parse(text.substr(0, slash), 0);
    if (!parsed) {
        return parsed.error();
    }
    unsigned const width = parsed->family() == AF_INET ? 32 : 128;
    unsigned bits = width;
    if (slash != std::string_view::npos) {
        auto const given = ascii::parse_decimal(text.substr(slash + 1));
        if (!given || *given > width) {
            return make_error_code(errc::bad_host);
        }
        bits = static_cast<unsigned>(*given);
    }
    network made;
    made.prefix_ = as_v6_bytes(*parsed);
    made.bits_ = bits + (128 - width);
    return made;
}

bool network::contains(const address& peer) const noexcept {
    auto const bytes = as_v6_bytes(peer);
    auto const whole = bits_ / 8;
    if (!std::equal(prefix_.begin(), prefix_.begin() + whole, bytes.begin())) {
        return false;
    }
    auto const rest = bits_ % 8;
    return rest == 0 || (prefix_[whole] ^ bytes[whole]) >> (8 - rest) == 0;
}

}  // namespace millrace::net
