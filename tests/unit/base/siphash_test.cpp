#include "proxy/base/siphash.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace millrace {

namespace {

// The key of the reference vectors: bytes 00 to 0f.
constexpr siphash_key reference_key{0x0706050403020100U, 0x0f0e0d0c0b0a0908U};

/// The message of the reference vectors: bytes 00 to length - 1.
std::string message_of(int length) {
    std::string message;
    for (int i = 0; i < length; ++i) {
        message += static_cast<char>(i);
    }
    return message;
}

}  // namespace

// vectors.h of the reference code; the message of 15 bytes is the example of the paper's appendix.
TEST_CASE("64-bit hashes are those of the reference code", "[base]") {
    CHECK(siphash_2_4(reference_key, message_of(0)) == 0x726fdb47dd0e0e31U);
    CHECK(siphash_2_4(reference_key, message_of(1)) == 0x74f839c593dc67fdU);
    CHECK(siphash_2_4(reference_key, message_of(15)) == 0xa129ca6149be45e5U);
}

TEST_CASE("128-bit hashes are those of the reference code", "[base]") {
    // a3817f04ba25a8e66df67214c7550293 and da87c1d86b99af44347659119b22fc45, little endian.
    CHECK(
        siphash_2_4_128(reference_key, message_of(0)) ==
        std::array<std::uint64_t, 2>{0xe6a825ba047f81a3U, 0x930255c71472f66dU}
    );
    CHECK(
        siphash_2_4_128(reference_key, message_of(1)) ==
        std::array<std::uint64_t, 2>{0x44af996bd8c187daU, 0x45fc229b11597634U}
    );
}

TEST_CASE("each byte of a message counts, at any length", "[base]") {
    for (int length = 1; length < 40; ++length) {
        auto const message = message_of(length);
        auto const hash = siphash_2_4(reference_key, message);
        for (std::size_t i = 0; i < message.size(); ++i) {
            auto changed = message;
            changed[i] = static_cast<char>(changed[i] ^ 1);
            REQUIRE(siphash_2_4(reference_key, changed) != hash);
        }
        REQUIRE(siphash_2_4(reference_key, message + '\0') != hash);
    }
}

TEST_CASE("a secret always makes the same key", "[base]") {
    CHECK(derive_siphash_key("secret") == derive_siphash_key("secret"));
    CHECK_FALSE(derive_siphash_key("secret") == derive_siphash_key("secret "));
    CHECK_FALSE(derive_siphash_key("") == siphash_key{});
}

}  // namespace millrace
