#include "proxy/config/address.hpp"

#include "proxy/base/ascii.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace millrace::config {

namespace {

using ipv6_bytes = std::array<unsigned char, 16>;

std::optional<ipv6_bytes> ipv6_of(const std::string& host) {
    ipv6_bytes bytes{};
    if (inet_pton(AF_INET6, host.c_str(), bytes.data()) != 1) {
        return std::nullopt;
    }
    return bytes;
}

/// Any address as 16 bytes, IPv4 mapped, so that two spellings of one address are equal.
std::optional<ipv6_bytes> canonical(const std::string& host) {
    in_addr v4{};
    if (inet_pton(AF_INET, host.c_str(), &v4) == 1) {
        ipv6_bytes mapped{};
        mapped[10] = 0xFF;
        mapped[11] = 0xFF;
        std::memcpy(mapped.data() + 12, &v4, 4);
        return mapped;
    }
    return ipv6_of(host);
}

bool is_mapped(const ipv6_bytes& bytes) {
    return std::all_of(bytes.begin(), bytes.begin() + 10, [](auto byte) { return byte == 0; }) &&
           bytes[10] == 0xFF && bytes[11] == 0xFF;
}

}  // namespace

std::optional<host_port> parse_host_port(std::string_view text) {
    auto const colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) {
        return std::nullopt;
    }
    auto host = text.substr(0, colon);
    auto const port = ascii::parse_decimal(text.substr(colon + 1));
    if (!port || *port > UINT16_MAX || text.size() - colon > 6) {
        return std::nullopt;
    }
    if (host.front() == '[') {
        if (host.back() != ']' || !is_ipv6(std::string{host.substr(1, host.size() - 2)})) {
            return std::nullopt;
        }
        host = host.substr(1, host.size() - 2);
    } else if (host.find_first_of(":[]") != std::string_view::npos) {
        return std::nullopt;
    }
    return host_port{std::string{host}, static_cast<std::uint16_t>(*port)};
}

std::string address_text(const host_port& address) {
    auto const host =
        address.host.find(':') == std::string::npos ? address.host : "[" + address.host + "]";
    return host + ":" + std::to_string(address.port);
}

bool is_ipv4(const std::string& host) {
    in_addr bytes{};
    return inet_pton(AF_INET, host.c_str(), &bytes) == 1;
}

bool is_ipv6(const std::string& host) {
    return ipv6_of(host).has_value();
}

bool is_loopback(const std::string& host) {
    auto const bytes = canonical(host);
    if (!bytes) {
        return ascii::iequals(host, "localhost") || ascii::iequals(host, "localhost.");
    }
    return is_mapped(*bytes) ? (*bytes)[12] == 127 : bytes == canonical("::1");
}

bool is_wildcard(const std::string& host) {
    auto const bytes = canonical(host);
    return bytes && (bytes == canonical("0.0.0.0") || bytes == canonical("::"));
}

bool reaches(const host_port& target, const host_port& listener) {
    if (target.port != listener.port || listener.port == 0) {
        return false;
    }
    if (is_wildcard(listener.host) || is_loopback(listener.host)) {
        // Linux takes a connection to the wildcard address as one to loopback.
        if (is_loopback(target.host) || is_wildcard(target.host)) {
            return true;
        }
    }
    auto const bytes = canonical(target.host);
    return bytes ? bytes == canonical(listener.host) : ascii::iequals(target.host, listener.host);
}

bool is_network(const std::string& text) {
    auto const slash = text.find('/');
    auto const address = text.substr(0, slash);
    auto const bits_max = is_ipv4(address) ? 32U : is_ipv6(address) ? 128U : 0U;
    if (bits_max == 0 || slash == std::string::npos) {
        return bits_max != 0;
    }
    auto const bits = ascii::parse_decimal(std::string_view{text}.substr(slash + 1));
    return bits && *bits <= bits_max;
}

bool is_host_name(std::string_view text) {
    if (text.ends_with('.')) {
        text.remove_suffix(1);
    }
    if (text.empty() || text.size() > 253) {
        return false;
    }
    std::size_t label = 0;
    for (char const c : text) {
        if (c == '.') {
            if (label == 0) {
                return false;
            }
            label = 0;
            continue;
        }
        if (!(ascii::is_alpha(c) || ascii::is_digit(c) || c == '-' || c == '_') || ++label > 63) {
            return false;
        }
    }
    return label > 0;
}

}  // namespace millrace::config
