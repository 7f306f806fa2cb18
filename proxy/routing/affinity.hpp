#pragma once

#include "proxy/base/siphash.hpp"
#include "proxy/routing/params.hpp"
#include "proxy/routing/request_view.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Which unit a request belongs to, and where the unit stands in a route's partition. Pure, any
/// thread.
namespace millrace::routing {

/// The unit of a request whose affinity is a header (its first field), a query parameter (the
/// first of that name, its value as sent), the client's address or the trace. Empty: the request
/// has none, and is drawn by itself. Also empty for cookies: their unit is known only after the
/// check of cookie_unit_of(). Lifetime: a view into the request.
[[nodiscard]] std::string_view unit_of(
    const affinity_params& affinity, const request_view& request
) noexcept;

/// The trace id of a `traceparent` value (W3C Trace Context, level 1): 32 lower-case hexadecimal
/// digits, not all zero, out of a field that is valid as a whole; else empty.
[[nodiscard]] std::string_view trace_id_of(std::string_view traceparent) noexcept;

/// SipHash-2-4 over the route's name, a zero byte and the unit: the same in every replica with the
/// same key.
[[nodiscard]] std::uint64_t unit_hash(
    siphash_key affinity_key, std::string_view route_name, std::string_view unit
);

/// The unit's place in [0, 1), in units of 2^-16.
[[nodiscard]] constexpr std::uint16_t point_of(std::uint64_t hash) noexcept {
    return static_cast<std::uint16_t>(hash >> 48);
}

/// What an affinity cookie stands for: random bytes that the gateway drew.
using cookie_unit = std::array<char, 16>;

/// The key that signs cookies, from the one that places units.
[[nodiscard]] siphash_key cookie_key_of(siphash_key affinity_key) noexcept;

/// A cookie's value: base64url of the unit and the first 8 bytes of SipHash-2-4-128 over the
/// route's name, a zero byte and the unit. 32 characters.
///
/// @param unit  drawn by the caller from a source that nobody can predict
[[nodiscard]] std::string issue_cookie(
    siphash_key cookie_key, std::string_view route_name, const cookie_unit& unit
);

/// The unit of a value that issue_cookie() made for that route; else nothing. The comparison takes
/// the same time wherever the signature differs.
[[nodiscard]] std::optional<cookie_unit> verify_cookie(
    siphash_key cookie_key, std::string_view route_name, std::string_view value
);

/// The unit of the first valid cookie named affinity.name in the request, if it has one. A foreign
/// or damaged one counts as absent: the caller issues a new one.
[[nodiscard]] std::optional<cookie_unit> cookie_unit_of(
    const affinity_params& affinity,
    siphash_key cookie_key,
    std::string_view route_name,
    const request_view& request
);

/// The value of the Set-Cookie field that hands out a cookie. SameSite=None implies Secure, as no
/// browser takes it otherwise.
[[nodiscard]] std::string set_cookie_value(
    const affinity_params& affinity, std::string_view cookie_value
);

}  // namespace millrace::routing
