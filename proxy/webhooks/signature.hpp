#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// Signatures of webhooks by Standard Webhooks 1.0.0, "Signature scheme", symmetric: HMAC-SHA256.
namespace millrace::webhooks {

/// The key that a configured secret stands for: the bytes behind "whsec_" in base64, or the secret
/// itself. Empty when what is behind "whsec_" is no base64.
[[nodiscard]] std::string signing_key(std::string_view secret);

/// What a signature is made of besides the key.
struct signed_parts {
    std::string_view id;         ///< webhook-id; no '.' in it
    std::int64_t timestamp = 0;  ///< webhook-timestamp: of the attempt, seconds since 1970
    std::string_view body;       ///< as it is sent
};

/// The value of webhook-signature: "v1," and the base64 of HMAC-SHA256(key, "ID.TIMESTAMP.BODY").
[[nodiscard]] std::string signature_of(std::string_view key, const signed_parts& parts);

}  // namespace millrace::webhooks
