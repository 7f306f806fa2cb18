#include "proxy/routing/affinity.hpp"

#include "proxy/base/ascii.hpp"
#include "proxy/base/base64url.hpp"
#include "proxy/routing/query.hpp"

#include <algorithm>
#include <cstring>

namespace millrace::routing {

namespace {

constexpr std::size_t signature_size = 8;
constexpr std::size_t cookie_bytes = std::tuple_size_v<cookie_unit> + signature_size;

/// Calls `use` with name, zero byte and rest in one piece; on the stack when that is short.
template <class Use>
auto with_message(std::string_view name, std::string_view rest, Use use) {
    std::size_t const size = name.size() + 1 + rest.size();
    char buffer[256];
    std::string large;
    char* begin = buffer;
    if (size > sizeof buffer) {
        large.resize(size);
        begin = large.data();
    }
    char* const zero = std::copy(name.begin(), name.end(), begin);
    *zero = '\0';
    std::copy(rest.begin(), rest.end(), zero + 1);
    return use(std::string_view{begin, size});
}

std::uint64_t signature_of(
    siphash_key cookie_key, std::string_view route_name, std::string_view unit
) {
    return with_message(route_name, unit, [&](std::string_view message) {
        return siphash_2_4_128(cookie_key, message)[0];
    });
}

bool is_lower_hex(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return ascii::is_digit(c) || (c >= 'a' && c <= 'f');
    });
}

bool is_zero(std::string_view text) noexcept {
    return text.find_first_not_of('0') == std::string_view::npos;
}

std::string_view query_unit(std::string_view name, std::string_view rest) noexcept {
    while (auto const parameter = query::next(rest)) {
        if (query::equals(parameter->name, name)) {
            return parameter->value;
        }
    }
    return {};
}

/// A trace that came with the request counts before one that the gateway started. Two fields are
/// two parents: W3C Trace Context 3.2 calls that invalid.
std::string_view trace_unit(const request_view& request) noexcept {
    std::string_view found;
    std::size_t count = 0;
    for (auto const& each : request.fields) {
        if (ascii::iequals(each.name, "traceparent")) {
            found = trace_id_of(each.value);
            ++count;
        }
    }
    return count == 1 && !found.empty() ? found : request.trace_id;
}

std::string_view unquoted(std::string_view text) noexcept {
    bool const quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
    return quoted ? text.substr(1, text.size() - 2) : text;
}

/// The first unit that is valid among the cookies of one Cookie field.
std::optional<cookie_unit> unit_in_field(
    std::string_view rest, std::string_view name, siphash_key key, std::string_view route_name
) {
    while (!rest.empty()) {
        auto const end = rest.find(';');
        auto const pair = ascii::trimmed(rest.substr(0, end));
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
        auto const equals_sign = pair.find('=');
        if (equals_sign == std::string_view::npos || pair.substr(0, equals_sign) != name) {
            continue;
        }
        if (auto unit = verify_cookie(key, route_name, unquoted(pair.substr(equals_sign + 1)))) {
            return unit;
        }
    }
    return std::nullopt;
}

}  // namespace

std::string_view unit_of(const affinity_params& affinity, const request_view& request) noexcept {
    switch (affinity.kind) {
        case affinity_params::kind::none:
        case affinity_params::kind::cookie:
            return {};
        case affinity_params::kind::header: {
            auto const* const found = request.first_field(affinity.name);
            return found == nullptr ? std::string_view{} : found->value;
        }
        case affinity_params::kind::query:
            return query_unit(affinity.name, request.query);
        case affinity_params::kind::client_ip:
            return request.client_ip;
        case affinity_params::kind::trace_id:
            return trace_unit(request);
    }
    return {};
}

std::string_view trace_id_of(std::string_view traceparent) noexcept {
    // version "-" trace-id "-" parent-id "-" flags, of 2, 32, 16 and 2 digits; a version above 00
    // may append more after another "-".
    auto const text = ascii::trimmed(traceparent);
    if (text.size() < 55 || text[2] != '-' || text[35] != '-' || text[52] != '-') {
        return {};
    }
    auto const version = text.substr(0, 2);
    auto const trace = text.substr(3, 32);
    auto const parent = text.substr(36, 16);
    bool const whole = text.size() == 55 || (version != "00" && text[55] == '-');
    bool const digits = is_lower_hex(version) && is_lower_hex(trace) && is_lower_hex(parent) &&
                        is_lower_hex(text.substr(53, 2));
    if (!whole || !digits || version == "ff" || is_zero(trace) || is_zero(parent)) {
        return {};
    }
    return trace;
}

std::uint64_t unit_hash(
    siphash_key affinity_key, std::string_view route_name, std::string_view unit
) {
    return with_message(route_name, unit, [&](std::string_view message) {
        return siphash_2_4(affinity_key, message);
    });
}

siphash_key cookie_key_of(siphash_key affinity_key) noexcept {
    auto const words = siphash_2_4_128(affinity_key, "affinity cookie");
    return {words[0], words[1]};
}

std::string issue_cookie(
    siphash_key cookie_key, std::string_view route_name, const cookie_unit& unit
) {
    std::array<unsigned char, cookie_bytes> bytes{};
    std::uint64_t const signature =
        signature_of(cookie_key, route_name, {unit.data(), unit.size()});
    std::memcpy(bytes.data(), unit.data(), unit.size());
    std::memcpy(bytes.data() + unit.size(), &signature, signature_size);
    std::string value(base64url::encoded_size(bytes.size()), '\0');
    base64url::encode_to(value.data(), bytes);
    return value;
}

std::optional<cookie_unit> verify_cookie(
    siphash_key cookie_key, std::string_view route_name, std::string_view value
) {
    if (value.size() != base64url::encoded_size(cookie_bytes)) {
        return std::nullopt;
    }
    auto const bytes = base64url::decode(value);
    if (!bytes) {
        return std::nullopt;
    }
    cookie_unit unit{};
    std::uint64_t claimed = 0;
    std::memcpy(unit.data(), bytes->data(), unit.size());
    std::memcpy(&claimed, bytes->data() + unit.size(), signature_size);
    // One comparison of two words: its time tells nothing about where they differ.
    if ((claimed ^ signature_of(cookie_key, route_name, {unit.data(), unit.size()})) != 0) {
        return std::nullopt;
    }
    return unit;
}

std::optional<cookie_unit> cookie_unit_of(
    const affinity_params& affinity,
    siphash_key cookie_key,
    std::string_view route_name,
    const request_view& request
) {
    for (auto const& each : request.fields) {
        if (ascii::iequals(each.name, "cookie")) {
            if (auto unit = unit_in_field(each.value, affinity.name, cookie_key, route_name)) {
                return unit;
            }
        }
    }
    return std::nullopt;
}

std::string set_cookie_value(const affinity_params& affinity, std::string_view cookie_value) {
    std::string text = affinity.name;
    text += '=';
    text += cookie_value;
    text += "; Path=";
    text += affinity.cookie_path;
    if (affinity.cookie_max_age.count() > 0) {
        text += "; Max-Age=";
        text += std::to_string(affinity.cookie_max_age.count());
    }
    if (affinity.cookie_http_only) {
        text += "; HttpOnly";
    }
    if (affinity.cookie_secure || affinity.cookie_same_site == "None") {
        text += "; Secure";
    }
    text += "; SameSite=";
    text += affinity.cookie_same_site;
    return text;
}

}  // namespace millrace::routing
