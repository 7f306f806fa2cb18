#pragma once

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>

/// Log-linear buckets for durations: each power of two is cut into 32 equal buckets. Pure, any
/// thread, no state.
///
/// Let u = nanoseconds / 32 (rounded down) and s = max(0, bit_width(u) - 6); then
///
///   index(u) = 32 * s + (u >> s),   width = 2^s units of 32 ns
///
/// Domain: 1 us to 2^40 ns (18.3 minutes); below, the buckets are 32 ns wide and the relative
/// error grows, above, everything falls into the last bucket, negative durations into the first.
/// Relative error: a value and the middle of its bucket part by at most half a width, and a bucket
/// is at least 31.25 widths above zero, so |mid - value| / value <= 1/62.5 = 1.6 %.
/// Cost: no branch, no table, about ten instructions.
/// Source: the layout of HdrHistogram (Tene) with 5 significant bits.
namespace millrace::stats::histogram_layout {

using std::chrono::nanoseconds;

inline constexpr unsigned unit_bits = 5;    ///< the finest bucket: 2^5 ns
inline constexpr unsigned sub_bits = 5;     ///< 2^5 buckets per power of two
inline constexpr unsigned range_bits = 40;  ///< the largest value: 2^40 ns

/// The number of buckets: 992.
inline constexpr std::size_t bucket_count = (std::size_t{range_bits - unit_bits - sub_bits} + 1)
                                            << sub_bits;

/// What the middle of a bucket may be off, as a part of the value.
inline constexpr double relative_error_max = 1.0 / 62.5;

/// From here to `value_max` the relative error holds.
inline constexpr nanoseconds value_min{1'000};
inline constexpr nanoseconds value_max{(std::int64_t{1} << range_bits) - 1};

/// The bucket of a duration, 0 to bucket_count - 1.
[[nodiscard]] constexpr std::size_t index_of(nanoseconds value) noexcept {
    auto const clamped = std::clamp(value, nanoseconds{0}, value_max).count();
    auto const units = static_cast<std::uint64_t>(clamped) >> unit_bits;
    auto const least = std::uint64_t{1} << sub_bits;
    auto const shift = static_cast<unsigned>(std::bit_width(units | least)) - (sub_bits + 1);
    return (std::size_t{shift} << sub_bits) + static_cast<std::size_t>(units >> shift);
}

/// How wide a bucket is.
[[nodiscard]] constexpr nanoseconds width_of(std::size_t index) noexcept {
    auto const octave = std::max<std::size_t>(index >> sub_bits, 1) - 1;
    return nanoseconds{std::int64_t{1} << (octave + unit_bits)};
}

/// The smallest duration of a bucket.
[[nodiscard]] constexpr nanoseconds lower_of(std::size_t index) noexcept {
    auto const octave = std::max<std::size_t>(index >> sub_bits, 1) - 1;
    auto const steps = static_cast<std::int64_t>(index - (octave << sub_bits));
    return nanoseconds{steps << (octave + unit_bits)};
}

/// The smallest duration above a bucket.
[[nodiscard]] constexpr nanoseconds upper_of(std::size_t index) noexcept {
    return lower_of(index) + width_of(index);
}

/// The value that stands for a bucket.
[[nodiscard]] constexpr nanoseconds mid_of(std::size_t index) noexcept {
    return lower_of(index) + width_of(index) / 2;
}

static_assert(index_of(nanoseconds{0}) == 0);
static_assert(index_of(value_max) == bucket_count - 1);

}  // namespace millrace::stats::histogram_layout
