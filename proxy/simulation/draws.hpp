#pragma once

#include "proxy/base/random.hpp"

#include <cstddef>
#include <cstdint>

namespace millrace::simulation {

/// Draws whole counts instead of single requests, exactly distributed. The same seed gives the same
/// draws on the same build. Lifetime: a run's. Thread: one.
///
///   draws chance{seed};  auto failed = chance.binomial(1'000, 0.01);
class draws {
 public:
    explicit draws(std::uint64_t seed) noexcept : source_{seed} {}

    /// In (0, 1), 53 bits.
    [[nodiscard]] double uniform() noexcept;

    /// How many of `count` are hit, each with probability p in [0, 1].
    /// Cost: O(1 + min(count p, 10)), no allocation. Source: inversion, and above 10 expected ones
    /// BTRS of Hörmann, "The generation of binomial random variates", JSCS 46, 1993.
    [[nodiscard]] std::uint64_t binomial(std::uint64_t count, double p) noexcept;

    /// How many arrive where `mean` are expected; mean >= 0.
    /// Source: inversion, and above 10 PTRS of Hörmann, "The transformed rejection method for
    /// generating Poisson random variables", IME 12, 1993.
    [[nodiscard]] std::uint64_t poisson(double mean) noexcept;

    /// 64 uniform bits.
    [[nodiscard]] std::uint64_t bits() noexcept { return source_.next(); }

    /// Uniform in [0, bound); 0 < bound < 2^32.
    [[nodiscard]] std::size_t below(std::size_t bound) noexcept {
        return source_.below(static_cast<std::uint32_t>(bound));
    }

    /// From Beta(mean x weight, (1 - mean) x weight); mean in (0, 1), weight > 0. Its variance is
    /// mean (1 - mean) / (weight + 1).
    /// Source: two gammas, each by Marsaglia & Tsang, "A simple method for generating gamma
    /// variables", ACM TOMS 26, 2000.
    [[nodiscard]] double beta(double mean, double weight) noexcept;

    /// The probability below which the q-quantile of a sample of `count` lies: the sample's
    /// quantile is the true quantile of it. Beta distributed; count >= 1, q in (0, 1).
    [[nodiscard]] double sample_quantile(double q, std::uint64_t count);

 private:
    [[nodiscard]] std::uint64_t few_binomial(std::uint64_t count, double p) noexcept;
    [[nodiscard]] std::uint64_t many_binomial(std::uint64_t count, double p) noexcept;
    [[nodiscard]] std::uint64_t few_poisson(double mean) noexcept;
    [[nodiscard]] std::uint64_t many_poisson(double mean) noexcept;
    [[nodiscard]] double normal() noexcept;
    [[nodiscard]] double log_gamma_variate(double shape) noexcept;

    random_source source_;
};

}  // namespace millrace::simulation
