#include "proxy/stats/histogram_counts.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace millrace::stats {

std::uint64_t histogram_counts::total() const noexcept {
    return std::accumulate(buckets.begin(), buckets.end(), std::uint64_t{0});
}

histogram_counts& histogram_counts::operator+=(const histogram_counts& other) noexcept {
    std::transform(
        buckets.begin(), buckets.end(), other.buckets.begin(), buckets.begin(), std::plus<>{}
    );
    sum += other.sum;
    return *this;
}

histogram_counts& histogram_counts::operator-=(const histogram_counts& earlier) noexcept {
    std::transform(
        buckets.begin(), buckets.end(), earlier.buckets.begin(), buckets.begin(), std::minus<>{}
    );
    sum -= earlier.sum;
    return *this;
}

std::optional<std::chrono::nanoseconds> histogram_counts::quantile(double q) const noexcept {
    auto const values = total();
    if (values == 0) {
        return std::nullopt;
    }
    auto const wanted = std::ceil(std::clamp(q, 0.0, 1.0) * static_cast<double>(values));
    // Above 2^53 values the product may round past the last rank.
    auto const rank = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(wanted), 1, values);
    std::uint64_t seen = 0;
    std::size_t index = 0;
    while (index + 1 < buckets.size() && seen + buckets[index] < rank) {
        seen += buckets[index];
        ++index;
    }
    return histogram_layout::mid_of(index);
}

}  // namespace millrace::stats
