#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace millrace {

/// 128 bits of key.
struct siphash_key {
    std::uint64_t k0 = 0;
    std::uint64_t k1 = 0;

    friend bool operator==(const siphash_key&, const siphash_key&) = default;
};

/// SipHash-2-4 with 64 bits of output (Aumasson, Bernstein 2012, "SipHash: a fast
/// short-input PRF").
[[nodiscard]] std::uint64_t siphash_2_4(siphash_key key, std::string_view message) noexcept;

/// SipHash-2-4 with 128 bits of output: the variant of the reference code, not two 64-bit runs.
[[nodiscard]] std::array<std::uint64_t, 2> siphash_2_4_128(
    siphash_key key, std::string_view message
) noexcept;

/// A key made from a secret of any length: SipHash-2-4-128 of it under a fixed key of ours.
/// Good against guessing only as far as the secret is.
[[nodiscard]] siphash_key derive_siphash_key(std::string_view secret) noexcept;

}  // namespace millrace
