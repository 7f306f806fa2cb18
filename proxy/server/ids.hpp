#pragma once

#include "proxy/base/random.hpp"
#include "proxy/base/siphash.hpp"
#include "proxy/server/params.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

/// The ids that requests and answers carry.
namespace millrace::server {

/// True for a request id that is passed on as it came: 1 to 128 letters, digits and -._~:+/=@
[[nodiscard]] bool is_valid_request_id(std::string_view text) noexcept;

/// 32 random hexadecimal digits. @param out  room for 32 characters
void write_request_id(char* out, random_source& random) noexcept;

/// A traceparent that starts a trace, not sampled (W3C Trace Context level 1, 3.2).
/// @param out  room for traceparent_bytes characters
inline constexpr std::size_t traceparent_bytes = 55;
void write_traceparent(char* out, random_source& random) noexcept;

/// What an x-millrace-id says, so that a label that comes later finds its version without a table.
struct exchange_id {
    std::uint32_t incarnation = 0;  ///< of the process that answered
    std::uint32_t route = 0;        ///< routing::name_id_of its name
    std::uint32_t version = 0;      ///< name id of the assigned backend
    std::uint32_t epoch = 0;        ///< of the route's weights
    std::uint64_t unit_hash = 0;
    std::uint16_t worker = 0;
    std::uint64_t sequence = 0;      ///< of the worker; 48 bits are kept
    std::uint32_t unix_seconds = 0;  ///< of the assignment

    friend bool operator==(const exchange_id&, const exchange_id&) = default;
};

/// Signs and verifies x-millrace-id: the fields above and a key's number under SipHash-2-4-128, as
/// base64url. Immutable, any thread.
class id_signer {
 public:
    /// @param keys  the first signs, all verify; must not be empty
    explicit id_signer(std::vector<id_params::key> keys);

    static constexpr std::size_t text_bytes = 71;

    /// @param out  room for text_bytes characters
    void write(char* out, const exchange_id& id) const noexcept;

    /// Nothing when the text is not one of ours: shape, key or signature (compared in constant
    /// time).
    [[nodiscard]] std::optional<exchange_id> verify(std::string_view text) const;

 private:
    std::vector<id_params::key> keys_;
};

}  // namespace millrace::server
