#include "proxy/webhooks/signature.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <vector>

namespace millrace::webhooks {

namespace {

constexpr std::string_view base64_secret = "whsec_";
constexpr std::size_t sha256_bytes = 32;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string base64(const std::array<unsigned char, sha256_bytes>& from) {
    std::array<unsigned char, 64> text{};
    auto const length = EVP_EncodeBlock(text.data(), from.data(), static_cast<int>(from.size()));
    return {reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(length)};
}

/// Empty when it is no base64.
std::string from_base64(std::string_view text) {
    if (text.empty() || text.size() % 4 != 0) {
        return {};
    }
    std::vector<unsigned char> decoded(text.size() / 4 * 3);
    auto const length =
        EVP_DecodeBlock(decoded.data(), bytes_of(text), static_cast<int>(text.size()));
    if (length < 0) {
        return {};
    }
    // It counts the padding as zero bytes.
    auto const padding = text.size() - text.find_last_not_of('=') - 1;
    return {
        reinterpret_cast<const char*>(decoded.data()), static_cast<std::size_t>(length) - padding};
}

}  // namespace

std::string signing_key(std::string_view secret) {
    return secret.starts_with(base64_secret) ? from_base64(secret.substr(base64_secret.size()))
                                             : std::string{secret};
}

std::string signature_of(std::string_view key, const signed_parts& parts) {
    auto const content = fmt::format("{}.{}.{}", parts.id, parts.timestamp, parts.body);
    std::array<unsigned char, sha256_bytes> digest{};
    unsigned length = 0;
    HMAC(
        EVP_sha256(),
        key.data(),
        static_cast<int>(key.size()),
        bytes_of(content),
        content.size(),
        digest.data(),
        &length
    );
    return "v1," + base64(digest);
}

}  // namespace millrace::webhooks
