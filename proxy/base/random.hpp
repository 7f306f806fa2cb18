#pragma once

#include <bit>
#include <cstdint>

namespace millrace {

/// A fast generator for coins and ids that need no secrecy: xoshiro256++ (Blackman, Vigna 2019,
/// "Scrambled linear pseudorandom number generators", ACM TOMS 47:4). Lifetime: free. Thread: one.
///
///   random_source coins{seed};  auto point = coins.next();
class random_source {
 public:
    /// The four words of state come from SplitMix64, so any seed, 0 too, is a good one.
    explicit constexpr random_source(std::uint64_t seed) noexcept {
        for (auto& word : state_) {
            seed += 0x9e3779b97f4a7c15U;
            std::uint64_t mixed = seed;
            mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9U;
            mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
            word = mixed ^ (mixed >> 31);
        }
    }

    /// 64 uniform bits.
    constexpr std::uint64_t next() noexcept {
        std::uint64_t const value = std::rotl(state_[0] + state_[3], 23) + state_[0];
        std::uint64_t const shifted = state_[1] << 17;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= shifted;
        state_[3] = std::rotl(state_[3], 45);
        return value;
    }

    /// Uniform in [0, bound), bound > 0; biased by less than bound / 2^32 (Lemire).
    constexpr std::uint32_t below(std::uint32_t bound) noexcept {
        return static_cast<std::uint32_t>(((next() >> 32) * bound) >> 32);
    }

 private:
    std::uint64_t state_[4]{};
};

}  // namespace millrace
