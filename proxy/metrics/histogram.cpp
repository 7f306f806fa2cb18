#include "proxy/metrics/histogram.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace millrace::metrics {

void histogram::record(duration value) noexcept {
    using std::chrono::nanoseconds;
    auto const taken = std::max(nanoseconds{value}, nanoseconds{0});
    buckets_[stats::histogram_layout::index_of(taken)].add();
    // Rounded to the nearest, so that the error of the sum does not grow in one direction.
    sum_microseconds_.add((static_cast<std::uint64_t>(taken.count()) + 500) / 1000);
}

void histogram::add_to(stats::histogram_counts& out) const noexcept {
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
        out.buckets[i] += buckets_[i].value();
    }
    out.sum += decltype(out.sum){sum_microseconds_.value()};
}

}  // namespace millrace::metrics
