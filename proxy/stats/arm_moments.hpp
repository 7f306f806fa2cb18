#pragma once

#include <cstdint>

namespace millrace::stats {

/// Moments of a score in [0, 1] in one arm, under a prior of one observation with mean .5 and
/// second moment .5 (that is, variance .25). A value.
struct arm_moments {
    std::uint64_t count = 0;
    double sum = 0.0;
    double squares = 0.0;

    void add(double score, std::uint64_t times = 1) noexcept {
        auto const weight = static_cast<double>(times);
        count += times;
        sum += weight * score;
        squares += weight * score * score;
    }

    [[nodiscard]] double mean() const noexcept {
        return (0.5 + sum) / (1.0 + static_cast<double>(count));
    }

    [[nodiscard]] double variance() const noexcept {
        double const second = (0.5 + squares) / (1.0 + static_cast<double>(count));
        return second - mean() * mean();
    }

    friend bool operator==(const arm_moments&, const arm_moments&) = default;
};

}  // namespace millrace::stats
