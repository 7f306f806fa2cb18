#include "proxy/base/siphash.hpp"

#include <bit>
#include <cstring>

namespace millrace {

namespace {

struct sip_state {
    std::uint64_t v0, v1, v2, v3;

    explicit sip_state(siphash_key key) noexcept
        : v0{0x736f6d6570736575U ^ key.k0},
          v1{0x646f72616e646f6dU ^ key.k1},
          v2{0x6c7967656e657261U ^ key.k0},
          v3{0x7465646279746573U ^ key.k1} {}

    void round() noexcept {
        v0 += v1;
        v1 = std::rotl(v1, 13) ^ v0;
        v0 = std::rotl(v0, 32);
        v2 += v3;
        v3 = std::rotl(v3, 16) ^ v2;
        v0 += v3;
        v3 = std::rotl(v3, 21) ^ v0;
        v2 += v1;
        v1 = std::rotl(v1, 17) ^ v2;
        v2 = std::rotl(v2, 32);
    }

    void compress(std::string_view message) noexcept {
        std::size_t const whole = message.size() & ~std::size_t{7};
        for (std::size_t i = 0; i < whole; i += 8) {
            std::uint64_t word = 0;
            std::memcpy(&word, message.data() + i, 8);
            absorb(word);
        }
        std::uint64_t last = static_cast<std::uint64_t>(message.size()) << 56;
        for (std::size_t i = whole; i < message.size(); ++i) {
            last |= static_cast<std::uint64_t>(static_cast<unsigned char>(message[i]))
                    << (8 * (i - whole));
        }
        absorb(last);
    }

    void absorb(std::uint64_t word) noexcept {
        v3 ^= word;
        round();
        round();
        v0 ^= word;
    }

    std::uint64_t finish() noexcept {
        round();
        round();
        round();
        round();
        return v0 ^ v1 ^ v2 ^ v3;
    }
};

static_assert(std::endian::native == std::endian::little, "words are read as little endian");

}  // namespace

std::uint64_t siphash_2_4(siphash_key key, std::string_view message) noexcept {
    sip_state state{key};
    state.compress(message);
    state.v2 ^= 0xff;
    return state.finish();
}

std::array<std::uint64_t, 2> siphash_2_4_128(siphash_key key, std::string_view message) noexcept {
    sip_state state{key};
    state.v1 ^= 0xee;
    state.compress(message);
    state.v2 ^= 0xee;
    std::uint64_t const low = state.finish();
    state.v1 ^= 0xdd;
    return {low, state.finish()};
}

siphash_key derive_siphash_key(std::string_view secret) noexcept {
    auto const words = siphash_2_4_128({0x6d696c6c72616365U, 0x6b65792d64657269U}, secret);
    return {words[0], words[1]};
}

}  // namespace millrace
