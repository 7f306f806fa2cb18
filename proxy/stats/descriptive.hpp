#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace millrace::stats {

/// Numbers that describe samples and the difference between two. Pure, any thread; values are
/// finite.

struct sample_description {
    double min = 0.0;
    double max = 0.0;
    double mean = 0.0;
    double deviation = 0.0;  ///< root of the unbiased variance; 0 for one value
    std::size_t count = 0;
};

/// All 0 for no values. O(n).
[[nodiscard]] sample_description describe(std::span<const double> values);

/// The value below which p percent lie, by linear interpolation between the order statistics at
/// position 1 + p / 100 (n - 1) (type 7 of Hyndman & Fan, The American Statistician 50, 1996).
/// @param p  in [0, 100]
/// @return   NaN for no values
/// Cost: O(n log n).
[[nodiscard]] double percentile(std::span<const double> values, double p);

/// The ranks of the values, from 1 on, ties get the mean of theirs. O(n log n).
[[nodiscard]] std::vector<double> average_ranks(std::span<const double> values);

/// Two samples: what is tried, and what it is compared with.
struct sample_pair {
    std::span<const double> experiment;
    std::span<const double> control;
};

/// Mean of the experiment / mean of the control; NaN when one of them is 0 or has no values.
[[nodiscard]] double mean_ratio(const sample_pair& samples);

/// |difference of the means| / pooled standard deviation (Cohen's d). NaN or infinite when the
/// latter is 0 or there are fewer than three values.
[[nodiscard]] double cohens_d(const sample_pair& samples);

/// The probability that a value of the experiment exceeds one of the control, ties count half: the
/// common language effect size. NaN when one has no values. O(n log n).
/// Source: Vargha & Delaney, Journal of Educational and Behavioral Statistics 25, 2000.
[[nodiscard]] double common_language_effect(const sample_pair& samples);

}  // namespace millrace::stats
