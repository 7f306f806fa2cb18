#include "proxy/admin/request_guard.hpp"

#include "proxy/base/ascii.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>

namespace millrace::admin {

namespace {

using boost::asio::ip::address;

std::optional<address> address_of(std::string_view text) {
    boost::system::error_code error;
    auto const parsed = boost::asio::ip::make_address(text, error);
    return error ? std::nullopt : std::optional{parsed};
}

// The host without its port, and without the brackets of an IPv6 address; nothing when malformed.
std::optional<std::string_view> without_port(std::string_view host) {
    std::string_view port;
    if (host.starts_with('[')) {
        auto const end = host.find(']');
        if (end == std::string_view::npos) {
            return std::nullopt;
        }
        port = host.substr(end + 1);
        host = host.substr(1, end - 1);
        if (host.find(':') == std::string_view::npos) {
            return std::nullopt;
        }
    } else {
        auto const colon = host.find(':');
        if (colon != std::string_view::npos) {
            port = host.substr(colon);
            host = host.substr(0, colon);
        }
    }
    bool const port_fits =
        port.empty() || (port.front() == ':' && ascii::parse_decimal(port.substr(1)));
    return port_fits && !host.empty() ? std::optional{host} : std::nullopt;
}

bool is_single_label(std::string_view name) {
    for (char const c : name) {
        if (!ascii::is_alpha(c) && !ascii::is_digit(c) && c != '-' && c != '_') {
            return false;
        }
    }
    return !name.empty();
}

}  // namespace

bool is_loopback(std::string_view host) {
    auto const parsed = address_of(host);
    return parsed ? parsed->is_loopback() : ascii::iequals(host, "localhost");
}

host_policy host_policy_of(const params& params) {
    host_policy policy;
    policy.any = !params.unix_path.empty();
    policy.beyond_loopback = !policy.any && !is_loopback(params.address);
    policy.own_address = params.address;
    return policy;
}

bool host_allowed(std::string_view host, const host_policy& policy) {
    if (policy.any) {
        return true;
    }
    auto const name = without_port(host);
    if (!name) {
        return false;
    }
    if (is_loopback(*name) || ascii::iequals(*name, policy.own_address)) {
        return true;
    }
    return policy.beyond_loopback && (address_of(*name) || is_single_label(*name));
}

std::optional<answer> refuse_foreign(const request& asked, const host_policy& policy) {
    if (asked.hosts.size() != 1) {
        return error_answer(400, "bad_host", "exactly one Host field is expected");
    }
    if (!host_allowed(asked.hosts.front(), policy)) {
        return error_answer(
            421, "foreign_host", "the Host field names neither loopback nor this listener"
        );
    }
    if (asked.has_origin) {
        return error_answer(403, "foreign_origin", "requests from web pages are refused");
    }
    return std::nullopt;
}

std::string_view bearer_token(const request& asked) {
    constexpr std::string_view scheme = "Bearer ";
    if (asked.authorizations.size() != 1) {
        return {};
    }
    std::string_view const given = asked.authorizations.front();
    return ascii::iequals(given.substr(0, scheme.size()), scheme)
               ? ascii::trimmed(given.substr(scheme.size()))
               : std::string_view{};
}

answer unauthorized_answer() {
    auto refusal =
        error_answer(401, "unauthorized", "this needs 'Authorization: Bearer' with a token");
    refusal.challenge = true;
    return refusal;
}

std::optional<answer> refuse_media_type(const request& asked) {
    std::string_view const whole = asked.content_type;
    auto const type = ascii::trimmed(whole.substr(0, whole.find(';')));
    if (ascii::iequals(type, "application/json")) {
        return std::nullopt;
    }
    return error_answer(
        415, "unsupported_media_type", "a change needs 'Content-Type: application/json'"
    );
}

bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size()) {
        return false;
    }
    // Volatile: the compiler must not stop at the first difference.
    volatile unsigned difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        auto const bits = static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
        difference = difference | static_cast<unsigned>(bits);
    }
    return difference == 0;
}

}  // namespace millrace::admin
