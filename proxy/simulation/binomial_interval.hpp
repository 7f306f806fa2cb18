#pragma once

#include "proxy/stats/interval.hpp"

#include <cstdint>

namespace millrace::simulation {

/// What was counted in independent runs.
struct proportion {
    std::uint64_t hits = 0;
    std::uint64_t runs = 0;

    [[nodiscard]] double value() const noexcept {
        return runs == 0 ? 0.0 : static_cast<double>(hits) / static_cast<double>(runs);
    }

    friend bool operator==(const proportion&, const proportion&) = default;
};

/// The exact two-sided confidence interval for the probability behind a proportion (Clopper and
/// Pearson, Biometrika 26, 1934). [0, 1] without any run.
/// @param confidence  in (0, 1)
[[nodiscard]] stats::interval exact_interval(const proportion& of, double confidence);

}  // namespace millrace::simulation
