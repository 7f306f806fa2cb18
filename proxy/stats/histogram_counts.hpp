#pragma once

#include "proxy/stats/histogram_layout.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace millrace::stats {

/// The counts of a duration histogram as plain numbers: what readers merge and ask. Lifetime: a
/// value of 8 KB. Thread: one.
///
///   histogram_counts all;  for (auto& shard : shards) shard.add_to(all);
///   auto p99 = all.quantile(0.99);
struct histogram_counts {
    std::array<std::uint64_t, histogram_layout::bucket_count> buckets{};
    /// Of all values, each rounded to the nearest microsecond: exact to 0.5 us per value, no
    /// overflow in 500,000 years.
    std::chrono::duration<std::uint64_t, std::micro> sum{};

    /// How many values. O(buckets).
    [[nodiscard]] std::uint64_t total() const noexcept;

    histogram_counts& operator+=(const histogram_counts& other) noexcept;

    /// What came since an earlier look: no bucket of `earlier` may be larger than here.
    histogram_counts& operator-=(const histogram_counts& earlier) noexcept;

    friend histogram_counts operator-(
        histogram_counts now, const histogram_counts& earlier
    ) noexcept {
        return now -= earlier;
    }

    /// The middle of the bucket that holds the value of rank ceil(q * total), so at most 1.6 % off
    /// that value (histogram_layout says why). Nothing when there are no values.
    /// @param q  in [0, 1]; 0 asks for the smallest value
    /// Cost: O(buckets), no allocation.
    [[nodiscard]] std::optional<std::chrono::nanoseconds> quantile(double q) const noexcept;
};

}  // namespace millrace::stats
