#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace load {

/// What the stub wants to know of a request head.
struct stub_request {
    std::string_view method;
    std::string_view path;   ///< without the query
    std::string_view query;  ///< without '?'
    std::uint64_t body_bytes = 0;
    bool close = false;     ///< the client asks for the connection to be closed
    bool unframed = false;  ///< has a Transfer-Encoding, which the stub does not speak
};

/// Reads a head that ends in an empty line; nothing when it is not one.
[[nodiscard]] std::optional<stub_request> parse_head(std::string_view head);

/// A number from the query, within [1, max], or `fallback`.
[[nodiscard]] std::uint64_t query_number(
    std::string_view query, std::string_view name, std::uint64_t fallback, std::uint64_t max
);

}  // namespace load
